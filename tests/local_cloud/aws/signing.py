"""Requests as no SDK would send them, signed all the same. Source: AWS Signature Version 4."""

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_cloud.keys import Keys


def signature_of(
    keys: Keys, service: str, method: str, url: str, body: bytes = b"", token: str | None = None, **headers: str
) -> dict[str, str]:
    """The headers with which the SDK would sign this; names are given with underscores."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest(method, url, headers=given, data=body)
    credentials = Credentials(keys.access_key_id, keys.secret_access_key, token)
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())
