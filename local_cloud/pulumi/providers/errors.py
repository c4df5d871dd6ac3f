"""How a stand-in plugin fails."""

from typing import Any


class ProviderError(Exception):
    """The request cannot be done; the text is for the person, names the endpoint or property, and holds no secret."""


class Unanswered(ProviderError):
    """
    Nobody knows whether the request was done: its answer was lost, or the cloud failed while it worked on it.

    Args:
        pending: the cloud may still be at it.
    """

    def __init__(self, text: str, pending: bool = False) -> None:
        super().__init__(text)
        self.pending = pending


class Gone(Exception):
    """The object does not exist in the cloud."""


class HalfDone(Exception):
    """
    The object exists, and a later step of its creation or update failed: it must be in the state as it is, not lost.

    Args:
        told: what the cloud told when it made the object, and will not tell again.

    Source: Pulumi, ErrorResourceInitFailed.
    """

    def __init__(
        self, identifier: str, inputs: dict[str, Any], reason: str, told: dict[str, Any] | None = None
    ) -> None:
        super().__init__(reason)
        self.identifier = identifier
        self.inputs = inputs
        self.properties = {**inputs, **(told or {})}
        self.reason = reason
        self.secrets: frozenset[str] = frozenset()
