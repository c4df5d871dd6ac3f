"""The answer to completion/complete, from the table of contents."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from lambda_server.errors import NotesError
from lambda_server.resources import Resource

Reference = PromptReference | ResourceTemplateReference
Handler = Callable[[Reference, CompletionArgument, CompletionContext | None], Awaitable[Completion]]


def build_completion(resources: Sequence[Resource], state: Mapping[str, Any]) -> Handler:
    """
    The handler; what nothing completes has no values. The guard has looked at the scopes before.

    Args:
        state: what the server keeps for its life.
    """
    completers = {(one.uri, variable): found for one in resources for variable, found in one.completes.items()}

    async def complete(ref: Reference, argument: CompletionArgument, _: CompletionContext | None) -> Completion:
        uri = ref.uri if isinstance(ref, ResourceTemplateReference) else ""
        completer = completers.get((uri, argument.name))
        if completer is None:
            return Completion(values=[])
        try:
            return Completion(values=await completer(state, argument.value))
        except NotesError as error:
            raise MCPError(INTERNAL_ERROR, str(error)) from None

    return complete
