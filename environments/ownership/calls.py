"""How AWS is asked for what an environment owns: what is not there is no error, what is refused is ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from environments.accounts import Clouds, remedy_for
from environments.errors import NotAllowed, Unreachable
from environments.ownership.owned import Owned

ABSENT = ("NotFoundException", "ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException")


@contextmanager
def asking(clouds: Clouds) -> Iterator[None]:
    """
    Turn what the SDK raises into our error.

    Raises:
        NotAllowed: the credentials may not do that.
        Unreachable: AWS refuses or does not answer.

    Source: AWS: `AccessDenied` of the query APIs, `AccessDeniedException` of the JSON and REST ones.
    """
    try:
        yield
    except ClientError as error:
        if code_of(error).startswith("AccessDenied"):
            raise NotAllowed(str(error), "docs/operations.md, Rights; then run it again") from error
        raise unreachable(clouds, error) from error
    except BotoCoreError as error:
        raise unreachable(clouds, error) from error


def unreachable(clouds: Clouds, error: Exception) -> Unreachable:
    """AWS refuses or does not answer."""
    where = clouds.aws_endpoint or f"AWS in {clouds.region or 'no region'}"
    return Unreachable(f"{where} could not be searched: {error}", remedy_for(clouds.aws_endpoint or "aws"))


def ask(call: Callable[..., Any], **which: Any) -> Any:
    """The answer, or None where there is no such object."""
    try:
        return call(**which)
    except ClientError as error:
        if code_of(error) in ABSENT:
            return None
        raise


def code_of(error: ClientError) -> str:
    """AWS's own word for why it says no."""
    return str(error.response["Error"]["Code"])


def owned(
    clouds: Clouds,
    key: tuple[str, ...],
    name: str,
    call: Callable[..., Any],
    parent: tuple[str, ...] | None = None,
    **which: str,
) -> Owned:
    """The object that this call deletes."""

    def remove() -> None:
        with asking(clouds):
            ask(call, **which)

    return Owned(key, name, remove, parent)
