"""What the local cloud tells a person when it cannot go on."""


class LocalCloudError(Exception):
    """
    The local cloud cannot do what was asked.

    Args:
        message: what is wrong, and where.
        remedy: the command or change to make next.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
