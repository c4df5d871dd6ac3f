"""A function's log: what it prints and the lines that Lambda adds, in a file and on the way to CloudWatch."""

import math
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.aws.account import REGION, Function
from local_cloud.aws.cloudwatch import Delivery, LogStream
from local_cloud.aws.identity import Session
from local_cloud.aws.log_file import LogFile

# Source: AWS Lambda API reference, Invoke: LogType `Tail`, "the last 4 KB of the execution log".
TAIL_BYTES = 4096


class FunctionLog:
    """`.local/logs/function-NAME.log`: all environments of one function, in the order in which things happened."""

    def __init__(self, folder: Path, function: str) -> None:
        self._file = LogFile(folder / f"function-{function}.log")

    def line(self, text: str) -> None:
        """Append one line with the time in front."""
        now = datetime.now(UTC)
        self._file.write(f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z {text.rstrip()}")


class EnvironmentLog:
    """What one environment logs: in the function's file, in a stream of its own, and in the tail of its last call."""

    def __init__(
        self, file: FunctionLog, delivery: Delivery, function: Function, session: Session, stream: str
    ) -> None:
        self._file = file
        self._delivery = delivery
        self._stream = LogStream(function.log_group, stream, session, file.line)
        self._tail = bytearray()

    def line(self, text: str) -> None:
        """Log one line; awslambdaric separates those of a traceback by carriage returns."""
        text = text.rstrip().replace("\r", "\n")
        self._file.line(text)
        self._delivery.put(self._stream, f"{text}\n")
        self._tail += f"{text}\n".encode()
        del self._tail[:-TAIL_BYTES]

    def take_tail(self) -> bytes:
        """The end of what was logged since the last time."""
        tail, self._tail = bytes(self._tail), bytearray()
        return tail

    def init_start(self, runtime: str) -> None:
        """
        The first line of an environment; this machine's Python has no version of Lambda's.

        Source: AWS Lambda, runtime version updates: "INIT_START".
        """
        version = runtime.replace("python", "python:")
        arn = f"arn:aws:lambda:{REGION}::runtime:local"
        self.line(f"INIT_START Runtime Version: {version}.local\tRuntime Version ARN: {arn}")

    def init_report(self, milliseconds: float, phase: str, status: str, error_type: str | None) -> None:
        """
        The line of an init that failed; `phase` is init, or invoke where it was tried again.

        Source: AWS Lambda, execution environment: "Failures during the Init phase".
        """
        self.line(f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: {phase}\t{_ending(status, error_type)}")

    def report(
        self,
        request_id: str,
        milliseconds: float,
        init_milliseconds: float | None,
        megabytes: tuple[int, int],
        failure: tuple[str, str | None] | None,
    ) -> None:
        """
        END and REPORT; `init_milliseconds` only of a cold start, `megabytes` are configured and used.

        Source: AWS, Lambda function logs, "REPORT"; init is billed too (since August 2025).
        """
        billed = math.ceil(milliseconds + (init_milliseconds or 0))
        cold = f"\tInit Duration: {init_milliseconds:.2f} ms" if init_milliseconds is not None else ""
        ending = f"\t{_ending(*failure)}" if failure else ""
        self.line(f"END RequestId: {request_id}")
        self.line(
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {megabytes[0]} MB\tMax Memory Used: {megabytes[1]} MB{cold}{ending}"
        )


def _ending(status: str, error_type: str | None) -> str:
    return f"Status: {status}" + (f"\tError Type: {error_type}" if error_type else "")
