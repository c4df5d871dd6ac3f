"""The way into the control plane: a function's calls are checked against its role, an administrator's are not."""

from collections.abc import Iterable
from typing import Any

from local_cloud.aws import switch
from local_cloud.aws.account import ACCOUNT
from local_cloud.aws.identity.administrator import Administrator
from local_cloud.aws.identity.authorization import refused
from local_cloud.aws.identity.calls import read_calls
from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.roles import find_role
from local_cloud.aws.identity.sessions import Session, Sessions
from local_cloud.aws.replies import Application, Reply, StartResponse, peek_body, read_body, refusal
from local_cloud.aws.signature import Signature, is_signed_with, read_signature

_JSON = "application/x-amz-json"


class Gate:
    """
    The WSGI application in front of the control plane.

    Args:
        administrator: who may everything, and turn the switches; None lets in nobody but functions.
    """

    def __init__(
        self, control_plane: Application, sessions: Sessions, administrator: Administrator | None = None
    ) -> None:
        self._control_plane = control_plane
        self._sessions = sessions
        self._administrator = administrator

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer or refuse one request."""
        answer = self._answer(environ)
        return answer.send(start_response) if answer else self._control_plane(environ, start_response)

    def _answer(self, environ: dict[str, Any]) -> Reply | None:
        """The answer to a call that must not, or need not, reach the control plane."""
        administrator = self._administrator
        if administrator and environ.get("PATH_INFO") == switch.PATH:
            return switch.refuse_stranger(environ, administrator.switch_token)
        signature = read_signature(environ)
        if signature is None:
            return refusal(environ, 403, "MissingAuthenticationToken", "the request is not signed")
        if administrator and administrator.has_key(signature.access_key_id):
            return _refuse_forged(environ, signature, administrator.keys.secret_access_key)
        session = self._sessions.find(signature.access_key_id, environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""))
        if session is None:
            return _unrecognized(environ)
        forged = _refuse_forged(environ, signature, session.secret_access_key)
        return forged or self._call_of_function(environ, signature.service, session)

    def _call_of_function(self, environ: dict[str, Any], service: str, session: Session) -> Reply | None:
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
    code = "InvalidClientTokenId" if _is_query(environ) else "UnrecognizedClientException"
    return refusal(environ, _status(environ), code, "The security token included in the request is invalid.")


def _refuse_forged(environ: dict[str, Any], signature: Signature, secret: str) -> Reply | None:
    """Source: AWS, Troubleshoot Signature Version 4 signing; SignatureDoesNotMatch in the query protocol."""
    if is_signed_with(secret, signature, environ, peek_body(environ)):
        return None
    code = "SignatureDoesNotMatch" if _is_query(environ) else "InvalidSignatureException"
    text = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details."
    )
    return refusal(environ, _status(environ), code, text)


def _is_query(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")


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
