"""What the tests prove, and where each demand comes from: requirement id → source, one file per area."""

import importlib
import pkgutil

import pytest


def _collect() -> dict[str, str]:
    merged: dict[str, str] = {}
    for module in pkgutil.iter_modules(__path__):
        area = importlib.import_module(f"{__name__}.{module.name}").REQUIREMENTS
        merged.update({f"{module.name}:{name}": source for name, source in area.items()})
    return merged


REQUIREMENTS = _collect()


def requirement(identifier: str) -> pytest.MarkDecorator:
    """Mark a test with the requirement that it proves; an unknown id fails at import."""
    if identifier not in REQUIREMENTS:
        raise KeyError(f"tests/requirements has no {identifier!r}")
    return pytest.mark.requirement(identifier)
