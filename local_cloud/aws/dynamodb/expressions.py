"""
Expressions: the placeholders and names in them.

Source: DynamoDB developer guide, Using expressions; Reserved words. Words of errors: dynalite, which recorded them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from local_cloud.aws.dynamodb.errors import Invalid

EXPRESSIONS = (
    "ProjectionExpression", "FilterExpression", "UpdateExpression", "ConditionExpression", "KeyConditionExpression",
)  # fmt: skip
LEGACY = (
    "AttributesToGet", "QueryFilter", "ScanFilter", "ConditionalOperator", "KeyConditions", "Expected",
    "AttributeUpdates",
)  # fmt: skip
_TOKEN = re.compile(r"\s+|(?P<token>[#:]\w+|\w+|<>|<=|>=|[=<>(),.\[\]+-])", re.ASCII)
_SIZE = 4096
_OPERATORS = {"AND", "OR", "NOT", "IN", "BETWEEN"}
# In these moto does not look for reserved words; in the others it does.
_UNWATCHED = ("KeyConditionExpression",)


class Token(NamedTuple):
    """A word of an expression; `name` is the attribute's when it is one, `is_head` says that a path begins with it."""

    text: str
    name: str | None = None
    is_head: bool = False


def read(wanted: Mapping[str, Any], kind: str) -> list[Token]:
    """
    The tokens of an expression, placeholders for names filled in.

    Raises:
        Invalid: it is empty or too long, has a placeholder that is not defined, or a character that no expression has.
    """
    if wanted[kind] == "":
        raise Invalid(f"Invalid {kind}: The expression can not be empty;")
    if len(wanted[kind].encode()) > _SIZE:
        raise Invalid(f"Invalid {kind}: Expression size has exceeded the maximum allowed size;")
    texts = list(_split(wanted[kind], kind))
    if not texts:
        raise Invalid(f'Invalid {kind}: Syntax error; token: "<EOF>", near: "{wanted[kind][-20:]}"')
    after = [*texts[1:], ""]
    before = ["", *texts[:-1]]
    return [_token(wanted, kind, *around) for around in zip(before, texts, after, strict=True)]


def _split(text: str, kind: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            near = text[max(0, place - 5) : place + 5]
            raise Invalid(f'Invalid {kind}: Syntax error; token: "{text[place]}", near: "{near}"')
        if found["token"]:
            yield found["token"]
        place = found.end()


def _token(wanted: Mapping[str, Any], kind: str, before: str, text: str, after: str) -> Token:
    if text[0] == ":" and text not in (wanted.get("ExpressionAttributeValues") or {}):
        why = "An expression attribute value used in expression is not defined; attribute value"
        raise Invalid(f"Invalid {kind}: {why}: {text}")
    if text[0] == "#":
        names = wanted.get("ExpressionAttributeNames") or {}
        if text not in names:
            why = "An expression attribute name used in the document path is not defined; attribute name"
            raise Invalid(f"Invalid {kind}: {why}: {text}")
        return Token(text, names[text], before != ".")
    is_name = (text[0].isalpha() or text[0] == "_") and after != "(" and text.upper() not in _OPERATORS
    if is_name and kind in _UNWATCHED and text.upper() in ReservedKeywords.get_reserved_keywords():
        raise Invalid(f"Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {text}")
    return Token(text, text, before != ".") if is_name else Token(text)


def check_expressions(wanted: Mapping[str, Any]) -> dict[str, list[Token]]:
    """
    The tokens of each expression of a request, or of one part of it.

    Raises:
        Invalid: the expressions do not fit what is given beside them.
    """
    given = [kind for kind in EXPRESSIONS if wanted.get(kind) is not None]
    _check_not_mixed(wanted, given)
    _check_placeholders(wanted, given)
    tokens = {kind: read(wanted, kind) for kind in given}
    used = {token.text for found in tokens.values() for token in found}
    for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        unused = [name for name in wanted.get(member) or {} if name not in used]
        if unused:
            raise Invalid(f"Value provided in {member} unused in expressions: keys: {{{', '.join(unused)}}}")
    return tokens


def _check_not_mixed(wanted: Mapping[str, Any], given: list[str]) -> None:
    """KeyConditions may go with a FilterExpression."""
    legacy = [name for name in LEGACY if wanted.get(name) is not None]
    if "KeyConditionExpression" not in given and "KeyConditions" in legacy:
        legacy.remove("KeyConditions")
    if given and legacy:
        raise Invalid(
            "Can not use both expression and non-expression parameters in the same request: "
            f"Non-expression parameters: {{{', '.join(legacy)}}} Expression parameters: {{{', '.join(given)}}}"
        )


def _check_placeholders(wanted: Mapping[str, Any], given: list[str]) -> None:
    for member, letter in (("ExpressionAttributeNames", "#"), ("ExpressionAttributeValues", ":")):
        held = wanted.get(member)
        if held is None:
            continue
        if not given:
            raise Invalid(f"{member} can only be specified when using expressions")
        if not held:
            raise Invalid(f"{member} must not be empty")
        wrong = [name for name in held if not re.fullmatch(rf"{letter}\w+", name, re.ASCII)]
        if wrong:
            raise Invalid(f'{member} contains invalid key: Syntax error; key: "{wrong[0]}"')
