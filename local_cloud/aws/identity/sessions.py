"""
The credentials of execution environments: a session of the function's role for each, valid as long as it runs.

Source: AWS Lambda, execution role; IAM, temporary security credentials.
"""

import hmac
import secrets
import string
from dataclasses import dataclass, field

from local_cloud.aws.account import ACCOUNT, Function

_LETTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class Session:
    """One set of credentials and whose they are."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    role_arn: str
    function_name: str
    function_arn: str

    @property
    def role_name(self) -> str:
        """The role's name, without its path."""
        return self.role_arn.rpartition("/")[2]

    @property
    def arn(self) -> str:
        """The caller, as IAM names it."""
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role_name}/{self.function_name}"


class Sessions:
    """All sessions that are valid now."""

    def __init__(self) -> None:
        self._held: dict[str, Session] = {}

    def open(self, function: Function) -> Session:
        """Make credentials for an environment of this function."""
        key = "ASIA" + "".join(secrets.choice(_LETTERS) for _ in range(16))
        session = Session(
            access_key_id=key,
            secret_access_key=secrets.token_urlsafe(30),
            token=secrets.token_urlsafe(150),
            role_arn=function.role_arn,
            function_name=function.name,
            function_arn=function.arn,
        )
        self._held[key] = session
        return session

    def close(self, session: Session) -> None:
        """Make credentials worthless; safe to call twice."""
        self._held.pop(session.access_key_id, None)

    def find(self, access_key_id: str, token: str) -> Session | None:
        """Whose credentials these are; None when they are nobody's, or no longer."""
        session = self._held.get(access_key_id)
        return session if session and hmac.compare_digest(session.token.encode(), token.encode()) else None
