"""Where a request carries its token: in one Authorization header, and nowhere else."""

from urllib.parse import parse_qsl

from starlette.types import Scope

from lambda_server.auth.errors import MalformedToken
from lambda_server.auth.reasons import Reason


def read_bearer(scope: Scope) -> str | None:
    """
    The token of the request; None where it presents none.

    API Gateway joins repeated headers with a comma, which no token holds; so do we.

    Raises:
        MalformedToken: there are several, or there is one in the query beside it.

    Source: RFC 6750 §2.1 (the header), §2.3 and MCP authorization (never the query); RFC 9110 §11.1 (any case).
    """
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    scheme, _, token = ",".join(values).partition(" ")
    if scheme.lower() != "bearer":
        return None
    if "," in token:
        raise MalformedToken(Reason.AUTHORIZATION_REPEATED)
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if any(name == "access_token" for name, _ in query):
        raise MalformedToken(Reason.TOKEN_IN_QUERY)
    return token.strip(" ")
