"""Wrong arguments of a prompt: the SDK would write them into the log, and answer as if the server had failed."""

from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS
from pydantic import ValidationError

MISSING = "Missing required arguments"  # how the SDK begins


async def refuse_wrong_arguments(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """
    A middleware that names the arguments that are wrong, and repeats none of their values.

    Raises:
        MCPError: a prompt was given arguments that it cannot take.

    Source: MCP prompts, Error Handling (-32602).
    """
    try:
        return await call_next(ctx)
    except ValueError as error:
        wrong = explain(error) if ctx.method == "prompts/get" else None
        if wrong is None:
            raise
        raise MCPError(INVALID_PARAMS, wrong) from None


def explain(error: BaseException | None) -> str | None:
    """What is wrong with the arguments; None where the error is about something else."""
    while error is not None:
        if isinstance(error, ValidationError):
            faults = {f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()}
            return f"Invalid arguments: {'; '.join(sorted(faults))}"
        if str(error).startswith(MISSING):
            return str(error)
        error = error.__cause__
    return None
