"""Paths and methods that Okta has and the local Okta has not, where they would be taken for others."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from local_cloud.okta.calls import error_response
from local_cloud.okta.errors import not_built


class Refusal(Route):
    """
    A path that is refused by its name.

    Args:
        methods: those that are meant; None for all. Others are left to the routes that follow.
    """

    def __init__(self, path: str, methods: tuple[str, ...] | None) -> None:
        super().__init__(path, refuse)
        self.methods = None
        self._meant = methods

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path, and then the method."""
        match, child = super().matches(scope)
        meant = self._meant is None or scope.get("method") in self._meant
        return (Match.FULL, child) if match is not Match.NONE and meant else (Match.NONE, {})


async def refuse(request: Request) -> Response:
    """Unknown means refused, by name."""
    return error_response(not_built(f"{request.method} {request.scope['path']}"))
