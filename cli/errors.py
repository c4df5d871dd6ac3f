"""What can go wrong in the commands themselves."""


class CliError(Exception):
    """
    A command cannot do what was asked.

    Args:
        message: what is wrong, and where.
        remedy: the command to type next.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class NoRepository(CliError):
    """Neither the current folder nor one above it holds a Pulumi.yaml."""


class UnknownLog(CliError):
    """There is no log by that name."""

    exit_code = 2
