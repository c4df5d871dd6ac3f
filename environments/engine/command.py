"""Runs the engine: an environment of its own, and a stop that lets it finish its running step, unless asked again."""

import functools
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pulumi.automation import CommandResult, OnOutput, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from environments.engine.lookup import Engine
from environments.errors import Interrupted

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A terminal that is closed, or a person who hits the keys twice, says one thing with two signals.
ONE_STOP_SECONDS = 1.0
STOPPING = "stopping: the engine finishes its running step first; Ctrl-C again leaves it half-done"
STOPPING_NOW = "stopping at once: the running step is left half-done, and the next run looks at it"


class EngineCommand(PulumiCommand):
    """
    The Automation API's way to the engine.

    Args:
        environ: the whole environment of the engine and of everything it starts; ours is not added.
        report: told once when a stop is on its way.

    Source: ours. The SDK's own class adds to our environment and cannot take from it, and leaves the engine behind
    when the person stops us.
    """

    def __init__(self, engine: Engine, environ: Mapping[str, str], report: Callable[[str], None]) -> None:
        self.command = str(engine.path)
        self.version = VersionInfo(*engine.version)
        self.interrupted = False
        self._asked = 0.0
        self._forced = False
        self._environ = environ
        self._report = report
        self._process: subprocess.Popen[str] | None = None

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """
        Run one command to its end.

        Raises:
            CommandError: the engine says no.
            Interrupted: the person stopped it.

        Source: ours. Output goes to files, so that an engine whose parent was killed is not ended by a broken pipe in
        the middle of a step.
        """
        self._check()
        environ = {**self._environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            command = [*die_politely(), self.command, "--non-interactive", *args]
            with subprocess.Popen(
                command,
                cwd=cwd,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                process_group=0,
                text=True,
            ) as self._process:
                code = self._process.wait()
            self._process = None
            result = CommandResult(stdout=_text(out, on_output), stderr=_text(err, on_error), code=code)
        self._check()
        if code:
            raise create_command_error(result)
        return result

    @contextmanager
    def stoppable(self) -> Iterator[None]:
        """While this lasts, a signal to us becomes one polite stop of the engine, and nothing is cut short."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._stop) for number in STOPS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """
        Forward the first signal as SIGINT; a second one too, and the engine leaves its step half-done; a third ends it.

        Source: Pulumi CLI: a second interrupt ends the update at once.
        """
        again = self.interrupted
        if again and time.monotonic() - self._asked < ONE_STOP_SECONDS:
            return
        ending = self._forced
        self.interrupted, self._forced, self._asked = True, again, time.monotonic()
        if self._process is not None and self._process.poll() is None:
            self._report(STOPPING_NOW if again else STOPPING)
            self._process.send_signal(signal.SIGKILL if ending else signal.SIGINT)

    def _check(self) -> None:
        if self.interrupted:
            what = "may be half-done" if self._forced else "was finished"
            raise Interrupted(f"stopped on request; what was running {what}", "run the same command again")


@functools.cache
def die_politely() -> tuple[str, ...]:
    """
    A prefix with which the engine gets SIGINT when we are killed, where util-linux offers that.

    Source: prctl(2), PR_SET_PDEATHSIG; setpriv(1).
    """
    setpriv = shutil.which("setpriv")
    prefix = (setpriv, "--pdeathsig", "INT") if setpriv else ()
    works = prefix and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0
    return prefix if works else ()


def _text(file: Any, callback: OnOutput | None) -> str:
    file.seek(0)
    lines = [line.rstrip() for line in file]
    if callback:
        for line in lines:
            callback(line)
    return "\n".join(lines)
