"""
What can go wrong with an environment.

EnvironmentsError
  x EngineMissing      there is no Pulumi CLI, and no way to get one works
  x PluginMissing      Pulumi's own plugin is asked for, and is neither here nor to be fetched
  x WrongName          a branch or stack that cannot be an environment
  x WrongSettings      a stack's configuration file cannot be read
  x StackMissing       nothing is deployed under that name
  x StackLocked        somebody else is changing the stack
  x WrongPassphrase    the stack's secrets were written with another passphrase
  x Unreachable        Okta or AWS does not answer, or refuses the credentials
    + NotAllowed       the credentials are good, and may not look there
  x WrongCloud         the stack was made in another Okta org or AWS account than the one that is reached now
  x EngineFailed       the program or a provider says no; the message has its own words
  x Interrupted        the person stopped it; the running step was finished
"""


class EnvironmentsError(Exception):
    """
    Something a person can act on: what happened, where, and what to type next.

    Source: ours; CONTRIBUTING.md: an error names the thing and the remedy.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class EngineMissing(EnvironmentsError):
    """No Pulumi CLI, and no way to get one works; the message names each way and its reason."""


class PluginMissing(EnvironmentsError):
    """Pulumi's own plugin is asked for, and is neither here nor to be fetched; the message names each place."""


class WrongName(EnvironmentsError):
    """The branch or stack cannot be an environment."""

    exit_code = 2


class WrongSettings(EnvironmentsError):
    """A stack's configuration file cannot be read; the message has file and line."""


class StackMissing(EnvironmentsError):
    """Nothing is deployed under that name."""


class StackLocked(EnvironmentsError):
    """Somebody else is changing the stack; the message says who and since when."""


class WrongPassphrase(EnvironmentsError):
    """The stack's secrets were written with another passphrase."""


class Unreachable(EnvironmentsError):
    """Okta or AWS does not answer, or refuses the credentials."""


class NotAllowed(Unreachable):
    """The credentials are good, and may not look there; docs/operations.md lists the rights."""


class WrongCloud(EnvironmentsError):
    """The stack was made in another Okta org or AWS account than the one that is reached now."""


class EngineFailed(EnvironmentsError):
    """The program or a provider says no, in its own words."""


class Interrupted(EnvironmentsError):
    """The person stopped it; the engine finished its running step."""
