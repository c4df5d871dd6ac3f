"""moto's log groups, and how much of them is kept: the newest lines of each group."""

from collections.abc import Sequence
from typing import Any, TypedDict

from moto.core.model_instances import reset_model_data
from moto.logs.models import logs_backends

from local_cloud.aws.account import ACCOUNT, REGION

# ours: AWS keeps all of it until the group's retention is over.
KEPT_EVENTS = 10_000
KEPT_BYTES = 8 * 1024 * 1024


class Event(TypedDict):
    """A line as PutLogEvents takes it; the time in milliseconds."""

    timestamp: int
    message: str


def has_group(group: str) -> bool:
    """Whether the group exists."""
    return group in _backend().groups


def create_group(group: str) -> None:
    """Make a group without tags and without an end of its retention, as Lambda does."""
    _backend().create_log_group(group, {})


def has_stream(group: str, stream: str) -> bool:
    """Whether the group has the stream."""
    return stream in _backend().groups[group].streams


def create_stream(group: str, stream: str) -> None:
    """Make a stream of a group that exists."""
    _backend().groups[group].create_log_stream(stream)


def put_events(group: str, stream: str, events: Sequence[Event]) -> None:
    """Add lines to a stream, unless it was deleted meanwhile; the oldest ones of its group make room."""
    held = _backend().groups.get(group)
    if held is not None and stream in held.streams:
        held.streams[stream].put_log_events(list(events))
        _drop_oldest(held, KEPT_EVENTS, KEPT_BYTES)
        reset_model_data()  # moto remembers each line that there ever was, for a page that nobody here opens


def _drop_oldest(group: Any, events: int, size: int) -> None:
    """Empty streams go with their last line: a function that starts a thousand times has as many."""
    streams = list(group.streams.values())
    events_over = sum(len(stream.events) for stream in streams) - events
    bytes_over = sum(stream.stored_bytes for stream in streams) - size
    for stream in streams:
        if events_over <= 0 and bytes_over <= 0:
            return
        dropped = 0
        while dropped < len(stream.events) and (events_over > 0 or bytes_over > 0):
            length = len(stream.events[dropped].message)
            events_over, bytes_over, dropped = events_over - 1, bytes_over - length, dropped + 1
            stream.stored_bytes -= length
        stream.events = stream.events[dropped:]
        if dropped and not stream.events:
            group.streams.pop(stream.log_stream_name, None)


def _backend() -> Any:
    return logs_backends[ACCOUNT][REGION]
