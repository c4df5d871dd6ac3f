"""One question at a time: whoever asks the same meanwhile shares the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

from lambda_server.auth.errors import AuthError

Answer = TypeVar("Answer")


@dataclass
class Flight(Generic[Answer]):
    """A question that is being asked."""

    landed: anyio.Event = field(default_factory=anyio.Event)
    answer: Answer | None = None
    error: AuthError | None = None


class Flights(Generic[Answer]):
    """The questions that are being asked, by key."""

    def __init__(self) -> None:
        self._flights: dict[bytes, Flight[Answer]] = {}

    async def share(self, key: bytes, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """
        Ask, or wait for the one who asks; where that one was cancelled, the next asks.

        Raises:
            AuthError: what the one who asked was told.
        """
        while (flight := self._flights.get(key)) is not None:
            await flight.landed.wait()
            if flight.error is not None:
                raise flight.error
            if flight.answer is not None:
                return flight.answer
        return await self._lead(key, ask)

    async def _lead(self, key: bytes, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        flight = self._flights[key] = Flight[Answer]()
        try:
            flight.answer = await ask()
            return flight.answer
        except AuthError as error:
            flight.error = error
            raise
        finally:
            del self._flights[key]
            flight.landed.set()
