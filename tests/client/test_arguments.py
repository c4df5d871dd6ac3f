"""client/arguments.py: words of the command line by a tool's input schema."""

from typing import Any

import pytest

from client.arguments import parse_arguments, usage
from client.errors import WrongArguments
from tests.requirements import requirement

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "times": {"type": "integer"},
        "share": {"type": "number"},
        "loud": {"type": "boolean"},
        "tags": {"type": "array"},
        "where": {"$ref": "#/$defs/Place"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "limit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "any": {},
    },
    "$defs": {"Place": {"type": "object"}},
    "required": ["text"],
}


@requirement("client:call-arguments")
@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("text=12", "12"),
        ("text=a=b", "a=b"),
        ("text=", ""),
        ("times=-3", -3),
        ("share=2", 2),
        ("share=0.5", 0.5),
        ("loud=true", True),
        ('tags=["a", 1]', ["a", 1]),
        ('where={"x": 1}', {"x": 1}),
        ("note=null", None),
        ("note=hello", "hello"),
        ("note=7", "7"),
        ("limit=7", 7),
        ("any=[1]", [1]),
        ("any=plain", "plain"),
    ],
)
def test_a_value_is_read_by_its_type(word: str, value: object) -> None:
    """JSON Schema types as the MCP SDK writes them (`anyOf` for optionals, `$ref` for models)."""
    key = word.partition("=")[0]

    assert parse_arguments("t", SCHEMA, ["text=x", word])[key] == value


@requirement("client:call-arguments")
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["text=x", "colour=red"], "t has no parameter 'colour'"),
        (["text"], "'text' is not key=value"),
        (["loud=true"], "t needs text"),
        (["text=x", "times=many"], "times must be integer, got 'many'"),
        (["text=x", "times=true"], "times must be integer"),
        (["text=x", "loud=1"], "loud must be boolean"),
        (["text=x", "limit=x"], "limit must be integer or null"),
    ],
)
def test_wrong_words_are_wrong_usage_with_the_tools_parameters(words: list[str], problem: str) -> None:
    """Exit code 2; the remedy is the command line of the tool."""
    with pytest.raises(WrongArguments, match=problem) as error:
        parse_arguments("t", SCHEMA, words)

    assert error.value.exit_code == 2
    assert error.value.remedy == usage("t", SCHEMA)
    assert error.value.remedy.startswith("mcp-okta call t text=string [times=integer]")
