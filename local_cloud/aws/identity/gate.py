"""The way into the control plane: a function's calls are checked against its role, an administrator's are not."""

from collections.abc import Iterable
from typing import Any

from local_cloud.aws.account import ACCOUNT
from local_cloud.aws.identity.authorization import refused
from local_cloud.aws.identity.calls import read_calls
from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.roles import find_role
from local_cloud.aws.identity.sessions import Session, Sessions
from local_cloud.aws.replies import (
    Application,
    Reply,
    StartResponse,
    access_key_of,
    peek_body,
    read_body,
    refusal,
    service_of,
)

_JSON = "application/x-amz-json"


class Gate:
    """
    The WSGI application in front of the control plane.

    Args:
        functions_only: let in nobody but functions, and so nobody to the switches and to moto's own API.

    Does not check: signatures. A session is known by its key and its token.
    """

    def __init__(self, control_plane: Application, sessions: Sessions, functions_only: bool = False) -> None:
        self._control_plane = control_plane
        self._sessions = sessions
        self._functions_only = functions_only

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer or refuse one request."""
        key = access_key_of(environ)
        if not self._functions_only and not self._sessions.knows(key):
            return self._control_plane(environ, start_response)
        session = self._sessions.find(key, environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""))
        answer = self._answer(environ, session)
        return answer.send(start_response) if answer else self._control_plane(environ, start_response)

    def _answer(self, environ: dict[str, Any], session: Session | None) -> Reply | None:
        """The answer to a call that must not, or need not, reach the control plane."""
        service = service_of(environ)[1]
        if service is None:
            return refusal(environ, 403, "MissingAuthenticationToken", "the request is not signed")
        if session is None:
            return _unrecognized(environ)
        if service == "sts":
            return _identity(environ, session)
        try:
            reasons = [refused(session, *call) for call in read_calls(service, environ, peek_body(environ))]
        except NotEvaluated as error:
            return refusal(environ, 501, "NotEmulated", f"the local AWS does not emulate {error}")
        reason = next(filter(None, reasons), None)
        return refusal(environ, _status(environ), "AccessDeniedException", reason) if reason else None


def _unrecognized(environ: dict[str, Any]) -> Reply:
    """Source: AWS, common errors: UnrecognizedClientException; InvalidClientTokenId in the query protocol."""
    query = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    code = "InvalidClientTokenId" if query else "UnrecognizedClientException"
    return refusal(environ, _status(environ), code, "The security token included in the request is invalid.")


def _status(environ: dict[str, Any]) -> int:
    """JSON services answer 400 where the others answer 403."""
    return 400 if environ.get("CONTENT_TYPE", "").startswith(_JSON) else 403


def _identity(environ: dict[str, Any], session: Session) -> Reply:
    """GetCallerIdentity, which needs no permission; nothing else of STS is for functions."""
    if b"Action=GetCallerIdentity" not in read_body(environ):
        return refusal(environ, 501, "NotEmulated", "the local AWS does not emulate STS for functions but for identity")
    role = find_role(session.role_arn)
    user = f"{role.id if role else 'AROA'}:{session.function_name}"
    result = f"<Arn>{session.arn}</Arn><UserId>{user}</UserId><Account>{ACCOUNT}</Account>"
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<GetCallerIdentityResult>{result}</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    return Reply(200, body.encode(), [("Content-Type", "text/xml")])
