"""What one resource type has to bring: its schema and four requests to the cloud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


Invoke = Callable[[Any, Properties], Properties]


@dataclass(frozen=True)
class Plugin:
    """A whole plugin: its resources and calls by token, its configuration's names, and how to reach its cloud."""

    name: str
    resources: Mapping[str, Resource]
    invokes: Mapping[str, Invoke]
    settings: frozenset[str]
    connect: Callable[[Properties], Any]
