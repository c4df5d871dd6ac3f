"""Policy documents, which AWS answers in another form than it was given."""

import json
from typing import Any
from urllib.parse import unquote


def document(value: Any, given: str | None) -> str:
    """A policy document as text; the given text where it says the same, so that spaces are no difference."""
    found = json.loads(unquote(value)) if isinstance(value, str) else value
    try:
        if given is not None and json.loads(given) == found:
            return given
    except ValueError:
        pass  # an unknown value of a preview, or a text that AWS would have refused
    return json.dumps(found)
