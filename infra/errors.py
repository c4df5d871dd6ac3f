"""What can go wrong before anything is created: one message, one remedy, no traceback."""

import pulumi


class InfraError(pulumi.RunError):
    """
    The program cannot go on; the engine prints the message and the remedy and nothing else.

    Source: pulumi.RunError ends a program without the engine's report of a crash.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}\n  → {remedy}")
        self.message = message
        self.remedy = remedy


class InvalidSettings(InfraError):
    """The stack's configuration does not say what the program needs; every problem is in the message."""


class GroupMissing(InfraError):
    """A group that `access` names does not exist in this Okta org."""


class GroupLookupFailed(InfraError):
    """Okta could not be asked for the groups that `access` names."""


class AccountLookupFailed(InfraError):
    """AWS could not be asked which account this is."""


class BundleFailed(InfraError):
    """The function's zip could not be built."""
