"""
Errors as Okta words them: one family for the Management API, one for the OAuth endpoints.

Source: https://developer.okta.com/docs/reference/error-codes/
"""

from local_cloud.okta.ids import new_id


class OktaError(Exception):
    """
    A refusal of the Management API.

    Args:
        causes: one sentence for each thing that is wrong.
    """

    def __init__(self, status: int, code: str, summary: str, causes: tuple[str, ...] = ()) -> None:
        super().__init__(summary)
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = causes
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, object]:
        """The error as it goes over the wire."""
        return {
            "errorCode": self.code,
            "errorSummary": self.summary,
            "errorLink": self.code,
            "errorId": new_id("oae"),
            "errorCauses": [{"errorSummary": cause} for cause in self.causes],
        }


class OAuthError(Exception):
    """A refusal of an OAuth endpoint that answers in JSON. Source: RFC 6749 §5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status


class RedirectError(OAuthError):
    """A refusal of the authorization endpoint that travels back to the client. Source: RFC 6749 §4.1.2.1."""


class PageError(Exception):
    """A refusal of the authorization endpoint that must not redirect. Source: RFC 6749 §3.1.2.4."""

    def __init__(self, title: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.title = title
        self.message = message
        self.status = status


def invalid(field: str, *causes: str) -> OktaError:
    """A body or parameter with a wrong value; each cause begins with the field, as Okta's do."""
    return OktaError(400, "E0000001", f"Api validation failed: {field}", tuple(f"{field}: {c}" for c in causes))


def failed(operation: str, cause: str) -> OktaError:
    """An operation whose precondition does not hold."""
    return OktaError(400, "E0000001", f"Api validation failed: {operation}", (cause,))


def duplicate(field: str) -> OktaError:
    """A name that is taken."""
    return invalid(field, "An object with this field already exists in the current organization")


def malformed_body() -> OktaError:
    """A body that is not a JSON object."""
    return OktaError(400, "E0000003", "The request body was not well-formed.")


def not_found(identifier: str, kind: str) -> OktaError:
    """An object that does not exist; `kind` is Okta's own name for its type."""
    return OktaError(404, "E0000007", f"Not found: Resource not found: {identifier} ({kind})")


def invalid_token() -> OktaError:
    """An API token that is missing or wrong."""
    return OktaError(401, "E0000011", "Invalid token provided")


def invalid_session() -> OktaError:
    """A call without any credentials that the endpoint knows."""
    return OktaError(403, "E0000005", "Invalid session")


def feature_missing() -> OktaError:
    """Something that this org's plan does not include."""
    return OktaError(401, "E0000015", "You do not have permission to access the feature you are requesting")


def read_only(kind: str) -> OktaError:
    """A change of an object that Okta made and keeps."""
    return OktaError(403, "E0000111", f"Cannot modify the {kind} object because it is read-only.")


def unsupported() -> OktaError:
    """An operation that this object does not have, for example members of a built-in group."""
    return OktaError(501, "E0000060", "Unsupported operation.")


def wrong_type(name: str) -> OktaError:
    """A query parameter that cannot be converted to its type."""
    return OktaError(400, "E0000037", f"Type mismatch exception.  {name}")


def forbidden(code: str, summary: str, *causes: str) -> OktaError:
    """An operation that the object's present state does not permit."""
    return OktaError(403, code, summary, causes)


def invalid_filter(why: str) -> OktaError:
    """A `filter` or `search` that cannot be read, or that the local Okta does not evaluate."""
    return OktaError(400, "E0000031", "Invalid search criteria.", (why,))


def not_built(what: str) -> OktaError:
    """Something that Okta has and the local Okta has not, by its name."""
    return OktaError(
        501, "E0000052", f"Endpoint not implemented: {what}", (f"The local Okta does not emulate {what}.",)
    )


def wrong_method() -> OktaError:
    """A method that the path does not have."""
    return OktaError(405, "E0000022", "The endpoint does not support the provided HTTP method")
