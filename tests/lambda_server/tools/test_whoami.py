"""whoami, through the handler."""

import json
from datetime import datetime

from lambda_server.gateway import Gateway
from tests.lambda_server.both_eras import LambdaContext, both_eras, call_event
from tests.lambda_server.okta_in_memory import CLIENT_ID, ISSUER, SERVICE_ID, URL, OktaInMemory
from tests.requirements import requirement


@requirement("server:tools")
@both_eras
def test_whoami_says_what_the_token_says(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """Issue 3: subject, client, scopes, expiry, as structured output."""
    answer = gateway(call_event(era, okta.token(), "whoami"), LambdaContext())
    said = json.loads(answer["body"])["result"]["structuredContent"]

    assert datetime.fromisoformat(said.pop("expires_at")).timestamp() == int(okta.clock) + 3600
    assert said == {
        "subject": "reader@example.com",
        "user_id": "00u1",
        "client_id": CLIENT_ID,
        "scopes": ["mcp:read"],
        "issuer": ISSUER,
        "audience": URL,
    }


@requirement("server:services")
@both_eras
def test_a_service_has_no_user_id(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """A client-credentials token: sub is the client id, no uid (docs/facts/okta.md §2)."""
    answer = gateway(call_event(era, okta.token(sub=SERVICE_ID, cid=SERVICE_ID, uid=None), "whoami"), LambdaContext())
    said = json.loads(answer["body"])["result"]["structuredContent"]

    assert (said["subject"], said["user_id"]) == (SERVICE_ID, None)
