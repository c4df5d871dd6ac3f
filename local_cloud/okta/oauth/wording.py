"""
Okta's words for refusals that more than one endpoint gives.

Source: https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ (errors), and answers seen in public.
"""

UNKNOWN_SCOPES = "One or more scopes are not configured for the authorization server resource."
CUSTOM_SCOPES = "Custom scopes are not allowed for this request."
NO_DEFAULT_SCOPES = (
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided."
)
INVALID_CLIENT_ID = "Invalid value for 'client_id' parameter."
DENIED = "The resource owner or authorization server denied the request."


def unauthorized_grant(grants: list[str]) -> str:
    """The client may not use a grant type."""
    return (
        f"The client is not authorized to use the provided grant type. Configured grant types: [{', '.join(grants)}]."
    )


def unsupported_grant(grants: list[str]) -> str:
    """The server does not know a grant type."""
    return (
        "The authorization grant type is not supported by the authorization server. "
        f"Configured grant types: [{', '.join(grants)}]."
    )
