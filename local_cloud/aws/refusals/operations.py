"""The name of the operation that a REST request of the SDK is, from the SDK's own models."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

import botocore.session
from botocore.model import Shape

_VARIABLE = re.compile(r"\\\{[^}]*\\\}")


class _Place(NamedTuple):
    method: str
    path: re.Pattern[str]
    name: str


@lru_cache(maxsize=8)
def _model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


@lru_cache(maxsize=4)
def _places(service: str) -> list[_Place]:
    model = _model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    places = [(operation.http["method"], operation.http["requestUri"], operation.name) for operation in operations]
    return [_Place(method, _pattern(uri.partition("?")[0]), name) for method, uri, name in places]


def _pattern(uri: str) -> re.Pattern[str]:
    """An ARN may have slashes, and is the last thing in its path."""
    anything = ".+" if "/tags/" in uri else "[^/]+"
    return re.compile(_VARIABLE.sub(anything, re.escape(uri.rstrip("/"))) + "/?")


def operation_name(service: str, method: str, path: str) -> str | None:
    """The operation's name; None when the SDK has none there."""
    found = (place.name for place in _places(service) if place.method == method and place.path.fullmatch(path))
    return next(found, None)


def input_shape(service: str, operation: str) -> Shape:
    """What the operation takes."""
    found: Shape = _model(service).operation_model(operation).input_shape
    return found
