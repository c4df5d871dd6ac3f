"""
Attribute values: what DynamoDB refuses of them, and the one form in which it keeps numbers.

Source: DynamoDB API reference, AttributeValue; Naming rules and data types; Constraints ("Data types").
"""

import binascii
import re
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from typing import Any

from local_cloud.aws.dynamodb.errors import Invalid, Unreadable
from local_cloud.aws.dynamodb.members import members

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)
_DIGITS, _GREATEST, _LEAST = 38, 125, -130
_WRONG = "One or more parameter values were invalid:"
_ONE = "must contain exactly one of the supported datatypes"
_SETS = {
    "SS": (f"{_WRONG} An string set  may not be empty", f"{_WRONG} Input collection {{}} contains duplicates."),
    "NS": (f"{_WRONG} An number set  may not be empty", "Input collection contains duplicates"),
    "BS": (
        f"{_WRONG} Binary sets should not be empty",
        f"{_WRONG} Input collection {{}}of type BS contains duplicates.",
    ),
}
_OVERHEAD = 3
_LEVELS = 32
TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)


def values_within(shape: Any, value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """All attribute values of a request that has its model's types, each with the member of the request it is in."""
    if value is None:
        return
    if shape.name == "AttributeValue":
        yield place, value
    else:
        for inner, item, name in members(shape, value):
            yield from values_within(inner, item, name or place)


def normalize(value: dict[str, Any], level: int = 1) -> None:
    """
    Give the numbers in a value their form, in place.

    Args:
        level: how deep the value is in its attribute, from one.

    Raises:
        Invalid: DynamoDB does not take this value.
        Unreadable: what is binary in it is no base64.
    """
    if not value:
        raise Invalid(f"Supplied AttributeValue is empty, {_ONE}")
    if level > _LEVELS:
        raise Invalid(TOO_DEEP)
    for kind, content in value.items():
        value[kind] = _normalized(kind, content, level)
    if len(value) > 1:
        raise Invalid(f"Supplied AttributeValue has more than one datatypes set, {_ONE}")


def _normalized(kind: str, content: Any, level: int) -> Any:
    if kind == "N":
        return number(content)
    for blob in [content] if kind == "B" else content if kind == "BS" else ():
        _check_base64(blob)
    if kind in _SETS:
        return _set(kind, content)
    if kind == "NULL" and content is not True:
        raise Invalid(f"{_WRONG} Null attribute value types must have the value of true")
    for inner in content.values() if kind == "M" else content if kind == "L" else ():
        normalize(inner, level + 1)
    return content


def _check_base64(text: str) -> None:
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise Unreadable("a binary value must be base64") from None


def _set(kind: str, content: list[str]) -> list[str]:
    empty, twice = _SETS[kind]
    if not content:
        raise Invalid(empty)
    held = [number(text) for text in content] if kind == "NS" else content
    if len(set(held)) < len(held):
        raise Invalid(twice.format(f"[{', '.join(held)}]"))
    return held


def number(text: str) -> str:
    """
    The number as DynamoDB writes it: without leading or trailing zeros, exponent or plus sign.

    Raises:
        Invalid: it is none, or beyond DynamoDB's precision or magnitude.
    """
    if not text:
        raise Invalid("The parameter cannot be converted to a numeric value")
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"The parameter cannot be converted to a numeric value: {text}")
    # The context keeps every digit that was sent; the limits below are DynamoDB's.
    read = Decimal(text).normalize(Context(prec=len(text) + 1, Emin=-(10**12), Emax=10**12))
    if not read:
        return "0"
    if read.adjusted() > _GREATEST:
        raise Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if read.adjusted() < _LEAST:
        raise Invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    if len(read.as_tuple().digits) > _DIGITS:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    return f"{read:f}"


def item_size(item: Mapping[str, Any]) -> int:
    """
    The bytes that an item counts for, names and values.

    Source: DynamoDB, Item sizes and formats; of a number "approximately": a byte for two digits, and one.
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    if kind == "M":
        return _OVERHEAD + len(content) + item_size(content)
    if kind == "L":
        return _OVERHEAD + len(content) + sum(map(_size, content))
    if kind in _SETS:
        return sum(_scalar_size(kind[0], member) for member in content)
    return _scalar_size(kind, content)


def _scalar_size(kind: str, content: Any) -> int:
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content) * 3 // 4 - content.count("=")  # base64
    return (len(content.strip("-0.")) + 1) // 2 + 1 if kind == "N" else 1
