"""`key=value` words of a command line → arguments of a tool, by the types of its input schema."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from client.errors import WrongArguments

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def parse_arguments(tool: str, schema: Mapping[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """
    Read the words by the tool's input schema.

    Raises:
        WrongArguments: a word without `=`, an unknown or missing key, or a value of the wrong type.
    """
    properties: Mapping[str, Any] = schema.get("properties", {})
    given: dict[str, Any] = {}
    for word in words:
        key, separator, text = word.partition("=")
        if not separator:
            raise _wrong(tool, schema, f"{word!r} is not key=value")
        if key not in properties:
            raise _wrong(tool, schema, f"{tool} has no parameter {key!r}")
        given[key] = _value(tool, schema, key, text)
    missing = [key for key in schema.get("required", []) if key not in given]
    if missing:
        raise _wrong(tool, schema, f"{tool} needs {', '.join(missing)}")
    return given


def usage(tool: str, schema: Mapping[str, Any]) -> str:
    """The command line of the tool, with its parameters and their types."""
    required = schema.get("required", [])
    words = []
    for key, form in schema.get("properties", {}).items():
        word = f"{key}={'|'.join(types_of(form, schema)) or 'any'}"
        words.append(word if key in required else f"[{word}]")
    return " ".join(["mcp-okta call", tool, *words])


def types_of(form: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """The JSON types that a property admits, through `$ref` and `anyOf`."""
    reference = form.get("$ref", "")
    if reference.startswith("#/$defs/"):
        return types_of(schema.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {}), schema)
    if "type" in form:
        return [form["type"]] if isinstance(form["type"], str) else list(form["type"])
    choices = form.get("anyOf") or form.get("oneOf") or []
    return list(dict.fromkeys(name for choice in choices for name in types_of(choice, schema)))


def _value(tool: str, schema: Mapping[str, Any], key: str, text: str) -> Any:
    types = types_of(schema["properties"][key], schema)
    if types == ["string"]:
        return text
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    if any(_is_of(value, name) for name in types) or not types:
        return value
    if "string" in types:
        return text
    raise _wrong(tool, schema, f"{key} must be {' or '.join(types)}, got {text!r}")


def _is_of(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, JSON_TYPES.get(name, ()))


def _wrong(tool: str, schema: Mapping[str, Any], problem: str) -> WrongArguments:
    return WrongArguments(problem, usage(tool, schema))
