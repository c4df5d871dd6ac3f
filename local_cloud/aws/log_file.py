"""A log on disk that stays small: moved aside at a size."""

import os
from pathlib import Path

# ours: two of these a log, so that a local cloud that runs for months does not fill the disk.
LIMIT_BYTES = 8 * 1024 * 1024


class LogFile:
    """One log; `NAME.log.1` is what was in it before it grew over the limit."""

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self._limit_bytes = limit_bytes

    def write(self, line: str) -> None:
        """Append one line; the file is not kept open, so that who removes it may (it costs 10 µs)."""
        data = line.encode("utf-8", "replace") + b"\n"
        descriptor = self._open()
        try:
            if self._is_full(descriptor, len(data)):
                self.path.replace(self.path.with_name(f"{self.path.name}.1"))
                os.close(descriptor)
                descriptor = self._open()
            os.write(descriptor, data)
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _is_full(self, descriptor: int, more: int) -> bool:
        size = os.fstat(descriptor).st_size
        return size > 0 and size + more > self._limit_bytes
