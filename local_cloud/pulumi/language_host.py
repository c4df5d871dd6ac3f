"""
The Python language host for an engine that came without one: it runs the program, each time in a new process.

Source: pulumi.runtime.proto, LanguageRuntime.
"""

import contextlib
import subprocess
import sys
from importlib.metadata import version
from typing import Any, TypeAlias

from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from local_cloud.pulumi.serving import serve

Context: TypeAlias = Any  # grpc.ServicerContext, for which there are no types

REPORTED = 32  # the program's own exit code for "the error has been said"
PATIENCE_SECONDS = 3.0
INTERPRETER = ".".join(map(str, sys.version_info[:3]))


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """
    What the engine asks of a language: which plugins, run the program, about.

    Does not do: new projects, packages, components in Python, debugging; the official host has those.
    """

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._program: subprocess.Popen[bytes] | None = None

    def Handshake(self, request: Any, context: Context) -> Any:
        """Keep the engine's address."""
        self._engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Context) -> Any:
        """The host's version is the SDK's."""
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: Context) -> Any:
        """None: the engine asks for the plugins when the program uses them."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(self, request: Any, context: Context) -> Any:
        """None, as above; older engines ask this way."""
        return language_pb2.GetRequiredPluginsResponse()

    def GetProgramDependencies(self, request: Any, context: Context) -> Any:
        """None are listed; `requirements/` has them."""
        return language_pb2.GetProgramDependenciesResponse()

    def InstallDependencies(self, request: Any, context: Context) -> Any:
        """Nothing to do: the interpreter that runs this host has what the program needs."""
        return iter(())

    def About(self, request: Any, context: Context) -> Any:
        """The interpreter, for `pulumi about`."""
        return language_pb2.AboutResponse(executable=sys.executable, version=INTERPRETER)

    def Run(self, request: Any, context: Context) -> Any:
        """Run the program and wait for its end; what it prints is the engine's to show."""
        code = self._run(request.SerializeToString(), request.pwd)
        if code == REPORTED:
            return language_pb2.RunResponse(bail=True)
        if code:
            return language_pb2.RunResponse(error=f"the program {describe_end(code)}")
        return language_pb2.RunResponse()

    def _run(self, request: bytes, folder: str) -> int:
        command = [sys.executable, "-m", "local_cloud.pulumi.language_exec", self._engine_address]
        with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=folder) as program:
            self._program = program
            program.communicate(request)
        return program.returncode

    def Cancel(self, request: Any, context: Context) -> Any:
        """End the program."""
        self.stop()
        return empty_pb2.Empty()

    def stop(self) -> None:
        """End the program, if one runs: it must not outlive the engine that it talks to."""
        if self._program is None or self._program.poll() is not None:
            return
        self._program.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._program.wait(PATIENCE_SECONDS)
            return
        self._program.kill()


def describe_end(code: int) -> str:
    """How a process ended that said nothing itself."""
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"


def main() -> None:
    """Start the host; the engine's address is the last argument."""
    host = LanguageHost(sys.argv[-1])
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server), at_end=host.stop)


if __name__ == "__main__":
    main()
