"""Requests that nobody would send, piece by piece."""

from hypothesis import strategies as st

from tests.local_cloud.okta.management.world import ADMINISTRATOR
from tests.local_cloud.okta.org import CALLBACK

HUGE = [10**400, -(10**30), 1e308, 2**63, "9" * 5000, "\ud800", "\x00", "a\nb", "é", "[" * 3000, "..", "%00", "\u202e"]
ODD = st.one_of(st.sampled_from(HUGE), st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
JSON = st.recursive(
    ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "PROPFIND"])
# A web server takes no line breaks and no NUL in a header.
BYTES = st.binary(max_size=40).map(lambda value: bytes(byte for byte in value if byte not in b"\r\n\x00"))
HEADER_NAMES = [
    b"authorization", b"content-type", b"cookie", b"origin", b"host", b"accept", b"content-length", b"dpop",
    b"x-forwarded-proto", b"access-control-request-method",
]  # fmt: skip
HEADER_VALUES = [
    ADMINISTRATOR.encode(), b"Bearer x.y.z", b"Bearer", b"Basic Og==", b"Basic /", b"application/json; charset=x",
    b"[::1", b"a b", b"x:99999999", b"idx=\xff; okta_csrf=", b"\xc3\xa9", b"http://[", b"",
]  # fmt: skip
HEADERS = st.lists(
    st.tuples(st.sampled_from(HEADER_NAMES), BYTES | st.sampled_from(HEADER_VALUES)),
    max_size=4,
)
TARGETS = [
    "/{app}/{group}",
    "{app}",
    "http://[/api/v1/groups",
    "http://x:99999/api/v1/groups",
    "http://",
    "*",
    "",
    "//x",
]
SEGMENTS = ["default", "%00", "%FF%FE", "..", "a" * 3000, "%2e%2e%2f", "me", "%F0%9F%98%80", "*", "", "[", "%5B"]
PARAMETERS = st.sampled_from(
    [
        "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt", "max_age", "code",
        "code_challenge", "code_challenge_method", "grant_type", "code_verifier", "refresh_token", "token",
        "client_assertion", "client_assertion_type", "client_secret", "device_code", "user_code", "id_token_hint",
        "post_logout_redirect_uri", "response_mode", "login_hint", "limit", "after", "q", "filter", "search",
        "activate", "identifier", "password", "csrf", "decision", "token_type_hint", "resource", "expand", "type",
    ]
)  # fmt: skip
WORDS = [
    "{app}", "{service}", "{web}", CALLBACK, "code", "openid", "S256", "none", "authorization_code",
    "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "{custom_token}", "a.b.c",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "-1", "9" * 400, "\x00", "é" * 50, "query",
    "form_post", "eyJhbGciOiIi.e30.", "http://[", "http://x:99999/", "javascript:alert(1)",
]  # fmt: skip
VALUES = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
PAIRS = st.lists(st.tuples(PARAMETERS, VALUES), max_size=8)
