"""AWS through its own SDK: one client per service, retries that can be cancelled, errors that name what failed."""

import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.patience import Patience, backoff_seconds
from local_cloud.pulumi.providers.values import Properties

RETRIES = 5
CONNECTION_RETRIES = 2
# What is true a moment later: IAM and Lambda say so of a role or function that they have just been given.
_PASSING = ("ConflictException", "ResourceConflictException", "ThrottlingException", "TooManyRequestsException")
_PASSING_TEXTS = ("cannot be assumed by Lambda", "currently in the following state", "in progress")
_GONE = ("NoSuchEntity", "NotFoundException", "ResourceNotFoundException")
_UNREACHABLE = (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyConnectionError)
_LOST = (exceptions.HTTPClientError, exceptions.ReadTimeoutError, exceptions.ConnectionClosedError)
_SERVER_FAILED = (500, 502, 503, 504)
_NOT_TWICE = ("create_", "add_")


class AwsClient:
    """The account in one region; safe to use from several threads."""

    def __init__(self, session: boto3.session.Session, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._session = session
        self._clients: dict[str, Any] = {}
        self._account = ""
        self._lock = threading.Lock()

    @property
    def region(self) -> str:
        """The region of all requests."""
        return str(self._session.region_name)

    @property
    def account(self) -> str:
        """The account's number."""
        self._account = self._account or self.call("sts", "get_caller_identity")["Account"]
        return self._account

    def call(self, service: str, operation: str, **arguments: Any) -> Any:
        """
        Run one operation, named as in boto3.

        Raises:
            Gone: the object does not exist.
            ProviderError: AWS refused, or could not be reached.
        """
        client = self._client(service)
        attempt = 0
        while True:
            try:
                answer = getattr(client, operation)(**arguments)
            except (exceptions.ClientError, exceptions.BotoCoreError) as error:
                if attempt >= retries(operation, error):
                    raise named(service, operation, client.meta.endpoint_url, error) from error
            else:
                answer.pop("ResponseMetadata", None)
                return answer
            if not self.patience.wait(backoff_seconds(attempt)):
                raise ProviderError(f"AWS {service} {operation}: cancelled")
            attempt += 1

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                config = Config(retries={"total_max_attempts": 1}, connect_timeout=5)
                self._clients[service] = self._session.client(service, config=config)
            return self._clients[service]


def retries(operation: str, error: Exception) -> int:
    """How often the operation may be tried again after the error; a creation that may have been done, never."""
    twice = not operation.startswith(_NOT_TWICE)
    if isinstance(error, exceptions.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return RETRIES if _passing(error) or (status in _SERVER_FAILED and twice) else 0
    if isinstance(error, _UNREACHABLE):
        return CONNECTION_RETRIES
    return RETRIES if isinstance(error, _LOST) and twice else 0


def _passing(error: exceptions.ClientError) -> bool:
    code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    return any(words in text for words in _PASSING_TEXTS) or (code in _PASSING and "already exist" not in text)


def named(service: str, operation: str, endpoint: str, error: Exception) -> Exception:
    """The error with what was asked of whom."""
    if isinstance(error, _UNREACHABLE):
        return ProviderError(f"AWS {service} cannot be reached at {endpoint}")
    if not isinstance(error, exceptions.ClientError):
        return ProviderError(f"AWS {service} {operation} at {endpoint}: {error}")
    code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code in _GONE:
        return Gone(f"{service} {operation}: {text}")
    return ProviderError(f"AWS {service} {operation}: {code}: {text}")


def retag(
    inputs: Properties, old: Any, tag: Callable[[dict[str, str]], object], untag: Callable[[list[str]], object]
) -> None:
    """Bring an object's tags from the old ones to those of the inputs."""
    new = inputs.get("tags") or {}
    gone = sorted(set(old or {}) - set(new))
    if gone:
        untag(gone)
    if new and new != old:
        tag(new)
