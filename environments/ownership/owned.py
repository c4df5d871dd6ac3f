"""One object on a cloud that carries our marks."""

from collections.abc import Callable
from dataclasses import dataclass, field

PROJECT = "mcp-okta"


@dataclass(frozen=True)
class Owned:
    """
    An object, and how to delete it.

    Args:
        key: its resource type and id, with its parent's id where its own is not unique.
        parent: the key of the object that it goes away with.
    """

    key: tuple[str, ...]
    name: str
    remove: Callable[[], None] = field(repr=False, compare=False)
    parent: tuple[str, ...] | None = None

    def delete(self) -> None:
        """Delete it; one that is gone already is no error."""
        self.remove()

    def __str__(self) -> str:
        package, _, rest = self.key[0].partition(":")
        return f"{package} {rest.rsplit(':', 1)[-1]} {self.name}"


def object_name(environment: str) -> str:
    """The name of every object that can be called freely."""
    return f"{PROJECT}-{environment}"


def okta_mark(environment: str) -> str:
    """What the description or note of an Okta object contains."""
    return f"[{PROJECT} environment={environment}]"


def aws_tags(environment: str) -> dict[str, str]:
    """The tags that an AWS object carries, among others."""
    return {f"{PROJECT}:project": PROJECT, f"{PROJECT}:environment": environment}
