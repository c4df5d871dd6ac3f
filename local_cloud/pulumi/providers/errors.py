"""How a stand-in plugin fails."""

from typing import Any


class ProviderError(Exception):
    """The request cannot be done; the text is for the person, names the endpoint or property, and holds no secret."""


class Gone(Exception):
    """The object does not exist in the cloud."""


class HalfCreated(Exception):
    """
    The object exists, and a later step of its creation failed: it must be in the state, not lost.

    Source: Pulumi, ErrorResourceInitFailed.
    """

    def __init__(self, identifier: str, inputs: dict[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.identifier = identifier
        self.inputs = inputs
        self.properties = inputs
        self.reason = reason
        self.secrets: frozenset[str] = frozenset()
