"""One object on a cloud that carries our marks, and whose marks those are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from environments.name import PROJECT

API = "aws:apigatewayv2/api:Api"
ROLE = "aws:iam/role:Role"
FUNCTION = "aws:lambda/function:Function"
TABLE = "aws:dynamodb/table:Table"


@dataclass(frozen=True)
class Owner:
    """
    Whose objects: an environment's, and among the stacks of that name the one with this id.

    Args:
        stack_id: empty for a stack that has none, whose marks then have none either.
    """

    environment: str
    stack_id: str = ""

    @property
    def name(self) -> str:
        """The name of every object that can be called freely."""
        return f"{PROJECT}-{self.environment}"

    @property
    def okta_mark(self) -> str:
        """What the description or note of an Okta object contains."""
        return f"[{PROJECT} environment={self.environment}" + (f" id={self.stack_id}]" if self.stack_id else "]")

    @property
    def aws_tags(self) -> dict[str, str]:
        """The tags that an AWS object carries, among others."""
        tags = {f"{PROJECT}:project": PROJECT, f"{PROJECT}:environment": self.environment}
        return tags | ({f"{PROJECT}:stack-id": self.stack_id} if self.stack_id else {})

    def has_tagged(self, tags: Mapping[str, str] | None) -> bool:
        """Whether an AWS object with these tags is one of its own; another stack's id makes it another's."""
        found = tags or {}
        return self.aws_tags.items() <= found.items() and found.get(f"{PROJECT}:stack-id", "") == self.stack_id


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

    @property
    def may_be_a_colleagues(self) -> bool:
        """
        Whether, where no id tells, another's object is worth the doubt: names that two may have, and what people wrote.

        Source: Okta, Apps API and Authorization Servers API; API Gateway, CreateApi: no name is unique there.
        """
        return self.key[0].startswith("okta:") or self.key[0] in (API, TABLE)

    def delete(self) -> None:
        """Delete it; one that is gone already is no error."""
        self.remove()

    def __str__(self) -> str:
        package, _, rest = self.key[0].partition(":")
        return f"{package} {rest.rsplit(':', 1)[-1]} {self.name}"
