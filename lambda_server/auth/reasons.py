"""Every reason for which a token is not accepted: the stable codes of the log, explained in docs/security.md."""

from enum import StrEnum


class Reason(StrEnum):
    """A code; where a claim is at fault it begins with the claim's name."""

    # how the token was sent
    AUTHORIZATION_REPEATED = "authorization_repeated"
    TOKEN_IN_QUERY = "token_in_query"  # noqa: S105 - a code, no password
    # what it is
    TOKEN_EMPTY = "token_empty"  # noqa: S105
    TOKEN_TOO_LONG = "token_too_long"  # noqa: S105
    TOKEN_CHARACTERS = "token_characters"  # noqa: S105
    TOKEN_SEGMENTS = "token_segments"  # noqa: S105
    HEADER_TOO_LONG = "header_too_long"
    HEADER_ENCODING = "header_encoding"
    HEADER_JSON = "header_json"
    HEADER_DUPLICATE = "header_duplicate"
    HEADER_OBJECT = "header_object"
    PAYLOAD_ENCODING = "payload_encoding"
    PAYLOAD_JSON = "payload_json"
    PAYLOAD_DUPLICATE = "payload_duplicate"
    PAYLOAD_OBJECT = "payload_object"
    SIGNATURE_ENCODING = "signature_encoding"
    # its header and signature
    HEADER_FORBIDDEN = "header_forbidden"
    ALG_WRONG = "alg_wrong"
    TYP_WRONG = "typ_wrong"
    KID_MISSING = "kid_missing"
    KID_FORM = "kid_form"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_WRONG = "signature_wrong"
    # its claims
    ISS_MISSING = "iss_missing"
    ISS_FORM = "iss_form"
    ISS_WRONG = "iss_wrong"
    AUD_MISSING = "aud_missing"
    AUD_FORM = "aud_form"
    AUD_WRONG = "aud_wrong"
    CNF_BOUND = "cnf_bound"
    EXP_MISSING = "exp_missing"
    EXP_FORM = "exp_form"
    EXP_PAST = "exp_past"
    EXP_FAR = "exp_far"
    IAT_MISSING = "iat_missing"
    IAT_FORM = "iat_form"
    IAT_FUTURE = "iat_future"
    NBF_FORM = "nbf_form"
    NBF_FUTURE = "nbf_future"
    CID_MISSING = "cid_missing"
    CID_FORM = "cid_form"
    CID_WRONG = "cid_wrong"
    CID_SERVICE = "cid_service"
    SUB_MISSING = "sub_missing"
    SUB_FORM = "sub_form"
    SUB_WRONG = "sub_wrong"
    UID_MISSING = "uid_missing"
    UID_FORM = "uid_form"
    UID_UNEXPECTED = "uid_unexpected"
    SCP_MISSING = "scp_missing"
    SCP_FORM = "scp_form"
    # what Okta says of it
    TOKEN_INACTIVE = "token_inactive"  # noqa: S105
    TOKEN_TYPE_WRONG = "token_type_wrong"  # noqa: S105
    ANSWER_MISMATCH = "answer_mismatch"
    # nothing is known about it
    OKTA_UNREACHABLE = "okta_unreachable"
    OKTA_TIMEOUT = "okta_timeout"
    OKTA_STATUS = "okta_status"
    OKTA_ENCODED = "okta_encoded"
    OKTA_TOO_LARGE = "okta_too_large"
    OKTA_JSON = "okta_json"
    KEYS_UNUSABLE = "keys_unusable"
    KEYS_UNAVAILABLE = "keys_unavailable"
