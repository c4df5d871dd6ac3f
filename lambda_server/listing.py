"""Lists say of each thing which scopes it needs, and which of them the caller would be asked for."""

from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

from lambda_server.auth.needs import Needs

NEEDS, MISSING = "mcp-okta/needs-scopes", "mcp-okta/missing-scopes"
# Of each list: its member, the kind of thing, and the member that names one.
LISTS = {
    "tools/list": ("tools", "tools", "name"),
    "prompts/list": ("prompts", "prompts", "name"),
    "resources/list": ("resources", "resources", "uri"),
    "resources/templates/list": ("resourceTemplates", "resources", "uriTemplate"),
}


class Listing:
    """
    A middleware that adds the scopes to what is listed; nothing is left out, since a step-up can open it.

    Source: ours; MCP `_meta` (names with a prefix of one's own).
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """Pass the request on, and explain the answer."""
        result = await call_next(ctx)
        if ctx.request_id is None or ctx.method not in LISTS or not isinstance(result, dict):
            return result
        member, kind, key = LISTS[ctx.method]
        access = get_access_token()
        granted = frozenset(access.scopes if access is not None else ())
        table = self._needs.table(kind)
        return result | {member: [explain(entry, table[entry[key]], granted) for entry in result[member]]}


def explain(entry: dict[str, Any], needed: tuple[str, ...], granted: frozenset[str]) -> dict[str, Any]:
    """The entry with its scopes, for programs and, where the caller lacks one, in a sentence."""
    missing = [scope for scope in needed if scope not in granted]
    meta = entry.get("_meta", {}) | {NEEDS: list(needed)}
    if not missing:
        return entry | {"_meta": meta}
    sentence = f"Needs {' and '.join(missing)}, which you will be asked for."
    description = f"{entry.get('description', '').strip()} {sentence}".strip()
    return entry | {"description": description, "_meta": meta | {MISSING: missing}}
