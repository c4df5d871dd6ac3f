"""
What can go wrong on the person's side.

ClientError
  x WrongOutputs      the stack outputs or the settings cannot be used
  x WrongArguments    a tool was called with arguments it does not have
  x SignInNeeded      somebody has to sign in, and there is no browser to do it in
  x ServiceUnusable   there is no such service, or its key cannot be used
  x SignInFailed      the sign-in began and did not end
  x NotAllowed        Okta or the server says no
  x PortsTaken        none of the registered redirect ports is free
  x StoreBusy         another process holds the tokens
  x StoreUnusable     the token folder cannot be read or written
  x NetworkError      nobody answered: unreachable, too slow, TLS
  x BadAnswer         somebody answered, with something else than the protocol
  x ServerError       the server answered with an error status or a protocol error
  x ToolFailed        the tool ran and reported an error
  x RevocationFailed  signed out here; Okta could not be told
"""

import ssl
from collections.abc import Iterator

import httpx2


class ClientError(Exception):
    """
    Something a person can act on: what happened, and what to type next.

    Source: ours; CONTRIBUTING.md: an error names the thing and the remedy.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class WrongOutputs(ClientError):
    """The stack outputs or the settings cannot be used; the message lists every problem."""

    exit_code = 2


class WrongArguments(ClientError):
    """The tool has no such parameter, or the value is not of its type."""

    exit_code = 2


class SignInNeeded(ClientError):
    """Somebody has to sign in, and this process has no browser to do it in."""

    exit_code = 3


class ServiceUnusable(ClientError):
    """There is no service of that name, or its private key cannot be used."""

    exit_code = 2


class SignInFailed(ClientError):
    """The sign-in began and did not end with a token."""

    def __init__(self, message: str, remedy: str = "mcp-okta login") -> None:
        super().__init__(message, remedy)


class NotAllowed(ClientError):
    """Okta or the server says no; `scopes` are the ones asked for and not granted."""

    exit_code = 4

    def __init__(self, message: str, remedy: str, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy)
        self.scopes = scopes


class PortsTaken(ClientError):
    """None of the registered redirect ports is free."""


class StoreBusy(ClientError):
    """Another process has held the tokens for too long."""


class StoreUnusable(ClientError):
    """The token folder cannot be read or written."""


class NetworkError(ClientError):
    """Nobody answered at the URL that the message names."""


class BadAnswer(ClientError):
    """The URL answered with something else than the protocol asks for."""


class ServerError(ClientError):
    """The server answered with an error status or a protocol error; it may have said when to come back."""

    def __init__(self, message: str, remedy: str, retry_after_seconds: float = 0.0) -> None:
        super().__init__(message, remedy)
        self.retry_after_seconds = retry_after_seconds


class ToolFailed(ClientError):
    """The tool ran and reported an error."""


class RevocationFailed(ClientError):
    """The tokens are gone here; Okta could not be told."""


def place(url: httpx2.URL | str) -> str:
    """The URL as an error may show it: without user, query and fragment, which can carry secrets."""
    return str(httpx2.URL(url).copy_with(userinfo=b"", query=None, fragment=None))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def network_error(error: httpx2.TransportError, url: httpx2.URL | str) -> NetworkError:
    """Say in one sentence why nobody answered, and where."""
    where = place(url)
    local = httpx2.URL(url).host in ("127.0.0.1", "localhost", "::1")
    remedy = "mcp-okta local status" if local else "check the network, then run the same command again"
    if isinstance(error, httpx2.TimeoutException):
        return NetworkError(f"{where} did not answer in time", remedy)
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        reason = getattr(tls, "verify_message", None) or tls.reason or "the handshake failed"
        return NetworkError(
            f"TLS with {where} failed: {reason}",
            "trust your company's certificate authority: set SSL_CERT_FILE to its PEM file",
        )
    # Other errors can quote what was sent, a token included.
    reason = str(error) if isinstance(error, httpx2.ConnectError) else ""
    return NetworkError(f"{where} cannot be reached: {reason or type(error).__name__}", remedy)
