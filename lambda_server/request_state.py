"""
Questions to the person in the middle of a call, as far as Lambda lets them be.

Source: MCP 2026-07-28, multi round-trip requests.
"""

import logging
from collections.abc import Mapping
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR

logger = logging.getLogger(__name__)

REMEDY = "ask again from what the caller sends, or keep the state in the table: request_state cannot be used here"


async def refuse_request_state(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """
    A middleware that stops a question with a `requestState`: the answer could not be taken by another environment.

    The SDK seals it with a key of this process, and the next request may well reach another one.

    Raises:
        MCPError: there is one; the log says what the author can do.
    """
    result = await call_next(ctx)
    if isinstance(result, Mapping) and result.get("requestState") is not None:
        fields = {"tool": (ctx.params or {}).get("name"), "remedy": REMEDY}
        logger.error("request state not supported", extra={"fields": fields})
        raise MCPError(INTERNAL_ERROR, "The server cannot continue a call with requestState")
    return result
