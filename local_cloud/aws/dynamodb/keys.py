"""
Keys in a request, against those of the table or the index.

Source: DynamoDB API reference, GetItem, Query; words of errors: dynalite, which recorded them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from moto.dynamodb.exceptions import ResourceNotFoundException
from moto.dynamodb.models import dynamodb_backends

from local_cloud.aws.account import ACCOUNT, REGION, moto_lock
from local_cloud.aws.dynamodb.errors import Invalid
from local_cloud.aws.dynamodb.expressions import Token


def key_types(table: str, index: str | None = None) -> dict[str, str | None] | None:
    """
    The key attributes and their types; None when there is no such table or index, which moto says.

    A type is None where moto has forgotten it: an update that adds an index replaces all definitions.
    """
    with moto_lock:
        backend = dynamodb_backends[ACCOUNT][REGION]
        try:
            schema = backend.get_schema(table, index)
            defined = {one["AttributeName"]: one["AttributeType"] for one in backend.get_table(table).attr}
        except ResourceNotFoundException:
            return None
    return {key["AttributeName"]: defined.get(key["AttributeName"]) for key in schema}


def check_key(table: str, key: Mapping[str, Any]) -> None:
    """
    Accept a key that is of the table's form.

    Raises:
        Invalid: it has other attributes, or another type.
    """
    types = key_types(table)
    if types is not None and not _fits(key, types):
        raise Invalid("The provided key element does not match the schema")


def check_start_key(table: str, index: str | None, key: Mapping[str, Any]) -> None:
    """
    Accept a key that a page may begin after: the table's, and the index's with it.

    Raises:
        Invalid: it has other attributes, or another type.
    """
    own, indexed = key_types(table), key_types(table, index)
    if own is not None and indexed is not None and not _fits(key, own | indexed):
        raise Invalid("The provided starting key is invalid")


def check_filter(table: str, index: str | None, tokens: Sequence[Token]) -> None:
    """
    Accept a filter of a Query that looks at no key attribute.

    Raises:
        Invalid: it looks at one.
    """
    types = key_types(table, index) or {}
    found = next((token.name for token in tokens if token.is_head and token.name in types), None)
    if found:
        text = "Filter Expression can only contain non-primary key attributes: Primary key attribute"
        raise Invalid(f"{text}: {found}")


def _fits(key: Mapping[str, Any], types: Mapping[str, str | None]) -> bool:
    return set(key) == set(types) and all(types[name] in (None, *value) for name, value in key.items())
