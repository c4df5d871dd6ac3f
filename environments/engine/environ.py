"""The environment that the engine and everything it starts run in."""

import os
from collections.abc import Mapping


def full_environment(overlay: Mapping[str, str | None], current: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The current environment with what the overlay sets, and without what it unsets with None."""
    merged: dict[str, str | None] = {**current, **overlay}
    return {name: value for name, value in merged.items() if value is not None}
