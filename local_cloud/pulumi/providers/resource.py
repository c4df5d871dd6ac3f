"""What one resource type has to bring: its schema and four requests to the cloud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.pulumi.providers.errors import Gone, HalfCreated, ProviderError
from local_cloud.pulumi.providers.schema import Schema
from local_cloud.pulumi.providers.values import Properties


@dataclass(frozen=True)
class Resource:
    """
    One resource type.

    `create` returns the identifier; `read` returns the whole state as the cloud holds it, or raises `Gone`;
    `update` gets the old state and the new inputs. Each gets the cloud's client first.
    """

    schema: Schema
    create: Callable[[Any, Properties], str]
    read: Callable[[Any, str, Properties], Properties]
    update: Callable[[Any, str, Properties, Properties], None]
    delete: Callable[[Any, str, Properties], None]

    def state(self, client: Any, identifier: str, given: Properties) -> Properties:
        """What the cloud holds, and what was given where the cloud does not say."""
        found = self.read(client, identifier, given)
        kept = {n: given[n] for n, spec in self.schema.items() if spec.prefer_given and n in given}
        return {**found, **kept}


Invoke = Callable[[Any, Properties], Properties]


@dataclass(frozen=True)
class Plugin:
    """A whole plugin: its resources and calls by token, its configuration's names, and how to reach its cloud."""

    name: str
    resources: Mapping[str, Resource]
    invokes: Mapping[str, Invoke]
    settings: frozenset[str]
    connect: Callable[[Properties], Any]


def finish(identifier: str, inputs: Properties, what: str, step: Callable[[], object]) -> None:
    """
    Do a later step of a creation.

    Raises:
        HalfCreated: it failed; the object itself exists.
    """
    try:
        step()
    except (ProviderError, Gone) as error:
        raise HalfCreated(identifier, inputs, f"{what} was created, and then: {error}") from error


def import_parts(identifier: str, form: str) -> dict[str, str]:
    """
    The parts of the identifier that an import gives, by the names in the form.

    Raises:
        ProviderError: it has not the form.
    """
    names, parts = form.split("/"), identifier.split("/")
    if len(parts) != len(names) or not all(parts):
        raise ProviderError(f"the import id {identifier!r} has not the form {form}")
    return dict(zip(names, parts, strict=True))
