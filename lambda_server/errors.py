"""
What can go wrong while the function starts.

ServerError
  x BadSettings        the environment variables
  x BadDeclaration     the tools, prompts and resources
"""


class ServerError(Exception):
    """The function cannot start; the message says what is wrong, the remedy what to do."""

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} → {remedy}")
        self.message = message
        self.remedy = remedy


class BadSettings(ServerError):
    """Environment variables are missing or cannot be used; the message lists all of them."""


class BadDeclaration(ServerError):
    """A tool, prompt or resource does not say which scopes it needs."""
