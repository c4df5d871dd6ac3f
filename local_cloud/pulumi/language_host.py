"""
The Python language host for an engine that came without one: it runs the program, each time in a new process.

Source: pulumi.runtime.proto, LanguageRuntime.
"""

import subprocess
import sys
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from local_cloud.pulumi.serving import serve

REPORTED = 32  # the program's own exit code for "the error has been said"


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """
    What the engine asks of a language: which plugins, run the program, about.

    Does not do: new projects, packages, components in Python, debugging; the official host has those.
    """

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Keep the engine's address."""
        self._engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The host's version is the SDK's."""
        return plugin_pb2.PluginInfo(version=".".join(map(str, sys.version_info[:3])))

    def GetRequiredPackages(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None: the engine asks for the plugins when the program uses them."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None, as above; older engines ask this way."""
        return language_pb2.GetRequiredPluginsResponse()

    def GetProgramDependencies(self, request: Any, context: grpc.ServicerContext) -> Any:
        """None are listed; `requirements/` has them."""
        return language_pb2.GetProgramDependenciesResponse()

    def About(self, request: Any, context: grpc.ServicerContext) -> Any:
        """The interpreter, for `pulumi about`."""
        return language_pb2.AboutResponse(executable=sys.executable, version=".".join(map(str, sys.version_info[:3])))

    def Run(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Run the program and wait for its end; what it prints is the engine's to show."""
        command = [sys.executable, "-m", "local_cloud.pulumi.language_exec", self._engine_address]
        done = subprocess.run(command, input=request.SerializeToString(), cwd=request.pwd)
        if done.returncode == REPORTED:
            return language_pb2.RunResponse(bail=True)
        if done.returncode:
            return language_pb2.RunResponse(error=f"the program ended with exit code {done.returncode}")
        return language_pb2.RunResponse()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Nothing to do: the program gets the terminal's own signal."""
        return empty_pb2.Empty()


def main() -> None:
    """Start the host; the engine's address is the last argument."""
    host = LanguageHost(sys.argv[-1])
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server))


if __name__ == "__main__":
    main()
