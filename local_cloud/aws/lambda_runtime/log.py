"""A function's log: what it prints, and the lines that Lambda adds."""

import math
from datetime import UTC, datetime
from pathlib import Path


class FunctionLog:
    """`.local/logs/function-NAME.log`, in the order in which things happened."""

    def __init__(self, folder: Path, function: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"function-{function}.log"

    def line(self, text: str) -> None:
        """Append one line with the time in front."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{stamp} {text.rstrip()}\n")

    def report(
        self, request_id: str, milliseconds: float, init_milliseconds: float | None, megabytes: tuple[int, int]
    ) -> None:
        """
        Lambda's REPORT line; `init_milliseconds` only of a cold start, `megabytes` are configured and used.

        Source: AWS, Lambda function logs, "REPORT"; init is billed too (since August 2025).
        """
        billed = math.ceil(milliseconds + (init_milliseconds or 0))
        cold = f"\tInit Duration: {init_milliseconds:.2f} ms" if init_milliseconds is not None else ""
        self.line(
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {megabytes[0]} MB\tMax Memory Used: {megabytes[1]} MB{cold}"
        )
