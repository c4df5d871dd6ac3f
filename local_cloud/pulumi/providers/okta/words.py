"""Okta's own words about an error."""

import httpx2

NOT_OKTA = "an answer that is not Okta's"


def describe(answer: httpx2.Response, remedy: str = "") -> str:
    """
    What Okta says, and what to do about what everybody meets.

    Source: Okta, error codes; RFC 6749 §5.2 for the token endpoint.
    """
    try:
        error = answer.json()
        if "errorCode" not in error:
            return f"{error['error']}: {error.get('error_description', '')}".rstrip(": .")
        causes = "; ".join(cause["errorSummary"] for cause in error.get("errorCauses", []))
        text = f"{error['errorCode']} {error['errorSummary']}" + (f" ({causes})" if causes else "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return NOT_OKTA
    if remedy and error["errorCode"] in ("E0000011", "E0000006"):
        return f"{text}: {remedy}"
    if error["errorCode"] == "E0000015":
        return f"{text}: custom authorization servers need Okta's API Access Management"
    return text
