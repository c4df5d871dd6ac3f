"""
Key conditions: read by their grammar and written again plainly, since moto reads them letter by letter.

Source: DynamoDB developer guide, Key condition expressions for the Query operation; words of errors: dynalite.
"""

import re
from collections.abc import Container, Iterator, Sequence

from local_cloud.aws.dynamodb.errors import Invalid
from local_cloud.aws.dynamodb.expressions import Token

_KIND = "KeyConditionExpression"
_NO_OPERATORS = {"OR", "NOT", "IN", "<>"}
_NO_FUNCTIONS = {"attribute_exists", "attribute_not_exists", "attribute_type", "contains"}
_PATH, _VALUE, _OPERATOR = r"(?P<{}>[^\s:()]+)", r"(?P<{}>:\S+)", r"(?P<{}>=|<=|>=|<|>)"
_FORMS = (
    re.compile(f"{_PATH.format('path')} {_OPERATOR.format('operator')} {_VALUE.format('value')}"),
    re.compile(f"{_VALUE.format('value')} {_OPERATOR.format('turned')} {_PATH.format('path')}"),
    re.compile(f"{_PATH.format('path')} BETWEEN {_VALUE.format('low')} AND {_VALUE.format('high')}"),
    re.compile(rf"begins_with \( {_PATH.format('path')} , {_VALUE.format('begin')} \)"),
)
_TURNED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def plain_key_condition(tokens: Sequence[Token]) -> str:
    """
    The same condition in the form that moto reads.

    Raises:
        Invalid: it is no key condition.
    """
    _check_words(tokens)
    names = {token.text: token.name for token in tokens if token.name is not None}
    conditions = [_condition(text, names) for text in _conditions(_grouped(tokens))]
    held = [names[path] for path, _ in conditions]
    if len(set(held)) < len(held):
        raise Invalid("KeyConditionExpressions must only contain one condition per key")
    return " AND ".join(sorted((text for _, text in conditions), key=_is_range))  # moto reads no AND after a BETWEEN


def _is_range(text: str) -> bool:
    return " BETWEEN " in text


def _check_words(tokens: Sequence[Token]) -> None:
    for index, token in enumerate(tokens):
        is_function = token.name is None and token.text[0].isalpha() and tokens[index + 1 : index + 2] == [Token("(")]
        if is_function and token.text.upper() not in ("AND", "BETWEEN", *_NO_OPERATORS):
            _check_function(token.text)
        if token.name is None and token.text.upper() in _NO_OPERATORS:
            raise Invalid(f"Invalid operator used in {_KIND}: {token.text.upper()}")
        if token.text in (".", "["):
            raise Invalid("KeyConditionExpressions cannot have conditions on nested attributes")


def _check_function(name: str) -> None:
    if name in _NO_FUNCTIONS:
        raise Invalid(f"Invalid operator used in {_KIND}: {name}")
    if name == "size":
        raise Invalid("KeyConditionExpressions cannot contain nested operations")
    if name != "begins_with":
        raise Invalid(f"Invalid {_KIND}: Invalid function name; function: {name}")


def _grouped(tokens: Sequence[Token]) -> list[str]:
    """Without the parentheses that only group: nothing but AND is between what they group."""
    kept: list[str] = []
    open_groups: list[bool] = []
    for token in tokens:
        text = token.text if token.name or token.text[0] == ":" else _upper(token.text)
        if text == "(":
            open_groups.append(bool(kept) and kept[-1] == "begins_with")
        is_group = text in ("(", ")") and not (open_groups and open_groups[-1])
        if text == ")":
            if not open_groups:
                raise Invalid(f'Invalid {_KIND}: Syntax error; token: ")"')
            open_groups.pop()
        if not is_group:
            kept.append(text)
    if open_groups:
        raise Invalid(f'Invalid {_KIND}: Syntax error; token: "<EOF>"')
    return kept


def _upper(text: str) -> str:
    return text.upper() if text.upper() in ("AND", "BETWEEN") else text


def _conditions(texts: Sequence[str]) -> Iterator[str]:
    """One after the other: the AND of a BETWEEN does not end one."""
    current: list[str] = []
    for text in texts:
        if text == "AND" and ("BETWEEN" not in current or "AND" in current):
            yield " ".join(current)
            current = []
        else:
            current.append(text)
    yield " ".join(current)


def _condition(text: str, names: Container[str]) -> tuple[str, str]:
    """The path, which is one of the names, and the condition as moto reads it."""
    found = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if found is None or found["path"] not in names:
        raise Invalid(_what_is_wrong(text))
    parts = found.groupdict()
    if "turned" in parts:
        return parts["path"], f"{parts['path']} {_TURNED[parts['turned']]} {parts['value']}"
    if "begin" in parts:
        return parts["path"], f"begins_with({parts['path']}, {parts['begin']})"
    return parts["path"], text


def _what_is_wrong(text: str) -> str:
    words = [word for word in text.split() if word[0] not in "(),=<>" and word not in ("BETWEEN", "begins_with")]
    paths = [word for word in words if word[0] != ":" and word != "AND"]
    if len(paths) > 1:
        return f"Invalid condition in {_KIND}: Multiple attribute names used in one condition"
    if words and not paths:
        return f"Invalid condition in {_KIND}: No key attribute specified"
    return f'Invalid {_KIND}: Syntax error; token: "<EOF>", near: "{text[-20:]}"'
