"""What a case needs of the place where it happens: who issues, for whom, when, and with which keys."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from joserfc.jwk import RSAKey

from tests.lambda_server.okta_in_memory import CLIENT_ID, ISSUER, SERVICE_ID, URL, key


@dataclass(frozen=True)
class World:
    """One issuer and one server, in process or deployed."""

    url: str
    issuer: str
    client_id: str
    service_id: str
    kid: str
    now: int
    live: bool
    keys: Mapping[str, RSAKey]  # `issuer`, and those of others
    uid: str = "00u1"
    sub: str = "reader@example.com"

    @property
    def words(self) -> dict[str, str]:
        """What the placeholders of a case stand for."""
        issuer_host = self.issuer.partition("://")[2].partition("/")[0]
        jwk = self.keys["issuer"].as_dict(private=False)
        return {
            "url": self.url,
            "issuer": self.issuer,
            "issuer_host": issuer_host,
            "org": self.issuer.rpartition("/oauth2/")[0],
            "client_id": self.client_id,
            "service_id": self.service_id,
            "kid": self.kid,
            "uid": self.uid,
            "sub": self.sub,
            "n": str(jwk["n"]),
        }

    def claims(self) -> dict[str, Any]:
        """The claims of a good reader's token."""
        return {
            "ver": 1,
            "jti": "AT.1",
            "iss": self.issuer,
            "aud": self.url,
            "iat": self.now,
            "exp": self.now + 3600,
            "cid": self.client_id,
            "uid": self.uid,
            "auth_time": self.now,
            "scp": ["mcp:read"],
            "sub": self.sub,
        }


@cache
def memory_world() -> World:
    """The world of the tests that run in one process; keys are made once."""
    keys = {"issuer": key("k1"), "stranger": key("stranger"), "other_server": key("k-other")}
    return World(URL, ISSUER, CLIENT_ID, SERVICE_ID, "k1", int(time.time()), False, keys)
