"""Run one Pulumi program in this process: the request on stdin, the engine's address as argument."""

import asyncio
import contextlib
import logging
import os
import runpy
import sys
import sysconfig
import traceback
from pathlib import Path
from typing import Any

import grpc
import pulumi
from pulumi.runtime import config, run_in_stack, settings
from pulumi.runtime.proto import language_pb2

from local_cloud.pulumi.language_host import REPORTED

LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")} | {"<"})


def main() -> int:
    """Configure the SDK, run the program; the answer is the exit code."""
    request = language_pb2.RunRequest.FromString(sys.stdin.buffer.read())
    configure(request, sys.argv[1])
    entry = Path(request.info.program_directory or request.pwd) / (request.info.entry_point or ".")
    sys.path[:0] = [str(entry if entry.is_dir() else entry.parent), request.info.root_directory or request.pwd]
    sys.argv = [str(entry), *request.args]
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # its words about tasks that a failed program leaves behind
    return run(lambda: runpy.run_path(str(entry), run_name="__main__") and None)


def configure(request: Any, engine_address: str) -> None:
    """Hand the request's facts to the SDK."""
    settings.reset_options(
        project=request.project,
        stack=request.stack,
        organization=request.organization or "organization",
        root_directory=request.info.root_directory,
        parallel=request.parallel,
        preview=request.dryRun,
        monitor_address=request.monitor_address,
        engine_address=engine_address,
    )
    config.set_all_config(dict(request.config), list(request.configSecretKeys))


def run(program: Any) -> int:
    """Run until the engine has answered everything; errors become one message of the engine's log."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda *_: None)
    try:
        loop.run_until_complete(run_in_stack(program))
    except KeyboardInterrupt:
        return REPORTED
    except pulumi.RunError as error:
        return say(str(error))
    except grpc.RpcError as error:
        unavailable = error.code() == grpc.StatusCode.UNAVAILABLE  # the engine is on its way down and has said why
        return REPORTED if unavailable else say(f"the engine refused a request: {error.details()}")
    except Exception as error:  # the program's own mistake: its place in one line, all of it on demand
        return say(describe(error))
    finally:
        finish(loop)
    return 0


def finish(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what the program left waiting, and close."""
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            loop.run_until_complete(task)
    loop.close()
    sys.stdout.flush()


def say(text: str) -> int:
    """Tell the engine, which shows it to the person."""
    pulumi.log.error(text)
    return REPORTED


def describe(error: Exception) -> str:
    """The error and where it came from."""
    if os.environ.get("MCP_OKTA_DEBUG") == "1":
        return "".join(traceback.format_exception(error))
    place = place_of(error)
    return f"the program failed: {type(error).__name__}: {error} ({place}; MCP_OKTA_DEBUG=1 shows all of it)"


def place_of(error: Exception) -> str:
    """The last line of the program itself, not that of a library below it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "unknown place"


if __name__ == "__main__":
    sys.exit(main())
