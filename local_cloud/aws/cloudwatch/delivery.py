"""Log lines on their way to CloudWatch Logs: in batches, off the way of the requests that wrote them."""

import asyncio
import time
from collections import deque

from local_cloud.aws.account import moto_lock
from local_cloud.aws.cloudwatch import groups
from local_cloud.aws.cloudwatch.groups import Event
from local_cloud.aws.cloudwatch.stream import LogStream

FLUSH_SECONDS = 0.5
# ours: what comes faster than it is delivered pushes the oldest out.
WAITING_EVENTS = 20_000


class Delivery:
    """Lines that wait; delivered after a moment, and before anybody reads the groups."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[LogStream, Event]] = deque(maxlen=WAITING_EVENTS)
        self._timer: asyncio.TimerHandle | None = None

    def put(self, stream: LogStream, message: str) -> None:
        """Take a line with the time of now; called in the data plane's loop."""
        self._waiting.append((stream, {"timestamp": time.time_ns() // 1_000_000, "message": message}))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Deliver what waits, each stream's lines in their order; called in the data plane's loop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batches: dict[LogStream, list[Event]] = {}
        while self._waiting:
            stream, event = self._waiting.popleft()
            batches.setdefault(stream, []).append(event)
        for stream, events in batches.items():
            with moto_lock:  # a group may go away while lines are put into it
                if stream.is_open():
                    groups.put_events(stream.group, stream.name, events)
