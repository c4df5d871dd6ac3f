"""What can go wrong in the demo that is not another package's error."""


class DemoError(Exception):
    """
    The demo saw something else than it promises.

    Source: ours; CONTRIBUTING.md: an error names the thing and the remedy.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "mcp-okta local logs") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def expect(condition: bool, message: str) -> None:
    """
    Hold the demo to what it says.

    Raises:
        DemoError: the condition is false.
    """
    if not condition:
        raise DemoError(message)
