"""
What a person's profile and password may be: the base schema, and the password policy that a new org has.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ (profile, password);
okta-sdk-java issue 1609 (a property that is not in the schema); https://help.okta.com/ (default password policy).
"""

import re
from typing import Any

from local_cloud.okta.errors import OktaError, invalid
from local_cloud.okta.management import fields
from local_cloud.okta.people import PROVIDER
from local_cloud.okta.user_schema import ATTRIBUTES, REQUIRED

SHORTEST_PASSWORD = 8
# Shorter parts of a username may be in a password.
SHORTEST_PART = 4
NEEDED = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def checked_profile(profile: dict[str, Any]) -> dict[str, Any]:
    """
    A whole profile.

    *Does not check* whether the login is taken.

    Raises:
        OktaError: E0000001 with the attribute's name.
    """
    for name in profile:
        if name not in ATTRIBUTES:
            raise invalid("profile", f"Property name '{name}' is not defined in profile")
    required = {name: fields.text(profile, name, at_most=most) for name, most in REQUIRED.items()}
    if not _ADDRESS.fullmatch(required["login"]):
        raise invalid("login", "Username must be in the form of an email address")
    for name in profile:
        fields.optional_text(profile, name, at_most=ATTRIBUTES[name] or fields.LONGEST_TEXT)
    for name in ("email", "secondEmail"):
        if profile.get(name) and not _ADDRESS.fullmatch(profile[name]):
            raise invalid(name, "Does not match required pattern")
    return {"mobilePhone": None, "secondEmail": None, **profile}


def checked_password(body: dict[str, Any], login: str) -> str | None:
    """
    The password in a body; None where there is none.

    *Does not check* former passwords, nor a list of common ones.

    Raises:
        OktaError: E0000001 with all that a password needs.
    """
    credentials = fields.section(body, "credentials")
    fields.only(credentials, ("password",), "credentials", provider=PROVIDER)
    given = fields.section(credentials, "password", field="credentials.password")
    fields.only(given, ("value",), "credentials.password")
    password = given.get("value")
    if password is None:
        return None
    if not isinstance(password, str) or not _is_strong(password, login):
        raise _weak()
    return password


def _is_strong(password: str, login: str) -> bool:
    parts = [part for part in re.split(r"[.,\-_#@]", login.lower()) if len(part) >= SHORTEST_PART]
    long_enough = len(password) >= SHORTEST_PASSWORD
    return long_enough and all(kind.search(password) for kind in NEEDED) and not _has(password, parts)


def _has(password: str, parts: list[str]) -> bool:
    return any(part in password.lower() for part in parts)


def _weak() -> OktaError:
    return invalid(
        "password",
        f"Password requirements were not met. Password requirements: at least {SHORTEST_PASSWORD} characters, "
        "a lowercase letter, an uppercase letter, a number, no parts of your username.",
    )
