"""The table of contents: each prompt, and the scopes that it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lambda_server.prompts.review_notes import review_notes
from lambda_server.scopes import MCP_READ


@dataclass(frozen=True)
class Prompt:
    """A function that writes what a model is asked, how it is shown to people, and all scopes that it needs."""

    function: Callable[..., Any]
    title: str
    needs: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name on the wire."""
        return self.function.__name__


PROMPTS = (Prompt(review_notes, title="Review my notes", needs=(MCP_READ,)),)
