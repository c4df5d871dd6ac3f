"""What one resource type has to bring: its schema, its requests to the cloud, and how a lost object is found again."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.schema import Schema
from local_cloud.pulumi.providers.values import Properties


@dataclass(frozen=True)
class Candidate:
    """
    An object that may be the one whose creation was not answered.

    Args:
        created: when the cloud made it, in seconds since the epoch; None where it does not say.
    """

    identifier: str
    created: float | None = None


@dataclass(frozen=True)
class Created:
    """
    A new object.

    Args:
        told: what the cloud tells of it this once.
    """

    identifier: str
    told: Properties = field(default_factory=dict)


def _nothing(client: Any, identifier: str, inputs: Properties) -> None:
    """Most objects are whole after one request."""


@dataclass(frozen=True)
class Resource:
    """
    One resource type. Each request gets the cloud's client first.

    Args:
        noun: what a person calls it.
        title: the property that tells it from others of its type.
        create: makes the object by a single request; the answer is the identifier, or more.
        recall: what the answer of a creation told and no read tells, asked for after it was lost.
        complete: what a new object takes besides.
        later: the properties that only `complete` brings.
        read: the whole state as the cloud holds it, or `Gone`.
        update: gets the old state and the new inputs.
        find: the objects that the inputs may have made.
        import_form: the identifier of an import; its words are names of properties, or `id`.
    """

    schema: Schema
    noun: str
    title: str
    create: Callable[[Any, Properties], str | Created]
    read: Callable[[Any, str, Properties], Properties]
    update: Callable[[Any, str, Properties, Properties], None]
    delete: Callable[[Any, str, Properties], None]
    find: Callable[[Any, Properties], Iterable[Candidate]]
    complete: Callable[[Any, str, Properties], None] = _nothing
    recall: Callable[[Any, str], Properties] = lambda client, identifier: {}
    later: frozenset[str] = frozenset()
    import_form: str = "id"

    def state(self, client: Any, identifier: str, given: Properties) -> Properties:
        """What the cloud holds, and what was given where the cloud does not say."""
        found = self.read(client, identifier, given)
        kept = {n: given[n] for n, spec in self.schema.items() if spec.prefer_given and n in given}
        return {**found, **kept}

    def describe(self, inputs: Properties) -> str:
        """The object in a sentence for a person."""
        return f"the {self.noun} {inputs.get(self.title, '')}".rstrip()

    def import_id(self, inputs: Properties, identifier: str) -> str:
        """What an import of the object is given."""
        return re.sub(r"\w+", lambda word: str(inputs.get(word[0], identifier)), self.import_form)


Invoke = Callable[[Any, Properties], Properties]


@dataclass(frozen=True)
class Plugin:
    """A whole plugin: its resources and calls by token, its configuration's names, and how to reach its cloud."""

    name: str
    resources: Mapping[str, Resource]
    invokes: Mapping[str, Invoke]
    settings: frozenset[str]
    connect: Callable[[Properties, Patience], Any]


def import_parts(identifier: str, form: str) -> dict[str, str]:
    """
    The parts of the identifier that an import gives, by the names in the form; a `uri`, the last, may hold any.

    Raises:
        ProviderError: it has not the form.
    """
    separator = ":" if ":" in form else "/"
    names = form.split(separator)
    parts = identifier.split(separator, len(names) - 1 if names[-1] == "uri" else -1)
    if len(parts) != len(names) or not all(parts):
        raise ProviderError(f"the import id {identifier!r} has not the form {form}")
    return dict(zip(names, parts, strict=True))
