"""AWS through its own SDK: one client per service, retries by the SDK, errors that name what failed."""

import os
import threading
from collections.abc import Callable
from typing import Any

import boto3
import botocore.config
import botocore.exceptions

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.values import Properties

SETTINGS = frozenset({"region", "profile", "accessKey", "secretKey", "skipCredentialsValidation"})
# What is true a moment later: IAM and Lambda say so of a role or function that they have just been given.
_PASSING = ("ResourceConflictException", "TooManyRequestsException", "ConflictException", "ThrottlingException")
_PASSING_TEXTS = ("cannot be assumed by Lambda", "currently in the following state", "in progress")
_GONE = ("NotFoundException", "NoSuchEntity", "ResourceNotFoundException")
PASSING_TRIES = 6


class AwsClient:
    """The account in one region; safe to use from several threads."""

    def __init__(self, session: boto3.session.Session) -> None:
        self._session = session
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    @property
    def region(self) -> str:
        """The region of all requests."""
        return str(self._session.region_name)

    def cancel(self) -> None:
        """End every wait for another try."""
        self._cancelled.set()

    def call(self, service: str, operation: str, **arguments: Any) -> Any:
        """
        Run one operation, named as in boto3.

        Raises:
            Gone: the object does not exist.
            ProviderError: AWS refused, or could not be reached.
        """
        client = self._client(service)
        for attempt in range(PASSING_TRIES):
            try:
                answer = getattr(client, operation)(**arguments)
            except botocore.exceptions.ClientError as error:
                if attempt < PASSING_TRIES - 1 and _passing(error) and not self._cancelled.wait(0.25 * 2**attempt):
                    continue
                raise _named(service, operation, error) from error
            except botocore.exceptions.BotoCoreError as error:
                endpoint = client.meta.endpoint_url
                raise ProviderError(f"AWS {service} cannot be reached at {endpoint}: {error}") from error
            answer.pop("ResponseMetadata", None)
            return answer
        raise ProviderError(f"{service} {operation}: tried {PASSING_TRIES} times")

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                config = botocore.config.Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5)
                self._clients[service] = self._session.client(service, config=config)
            return self._clients[service]


def _passing(error: botocore.exceptions.ClientError) -> bool:
    fault = error.response["Error"]
    text = any(words in fault.get("Message", "") for words in _PASSING_TEXTS)
    return text or (fault["Code"] in _PASSING and "already exist" not in fault.get("Message", ""))


def _named(service: str, operation: str, error: botocore.exceptions.ClientError) -> Exception:
    fault = error.response["Error"]
    if fault["Code"] in _GONE:
        return Gone(f"{service} {operation}: {fault.get('Message', '')}")
    return ProviderError(f"AWS {service} {operation}: {fault['Code']}: {fault.get('Message', '')}")


def connect(settings: Properties) -> AwsClient:
    """
    Open a session with the configuration or the environment; `AWS_ENDPOINT_URL` leads elsewhere than to AWS.

    Raises:
        ProviderError: no region, or no credentials.
    """
    region = settings.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise ProviderError("not configured: aws:region (or AWS_REGION)")
    try:
        session = boto3.session.Session(
            profile_name=settings.get("profile"),
            region_name=region,
            aws_access_key_id=settings.get("accessKey"),
            aws_secret_access_key=settings.get("secretKey"),
        )
        found = session.get_credentials()
    except botocore.exceptions.BotoCoreError as error:
        raise ProviderError(f"AWS is not configured: {error}") from error
    if found is None:
        raise ProviderError("AWS is not configured: no credentials were found")
    return AwsClient(session)


def tagging(
    inputs: Properties, tag: Callable[[dict[str, str]], None], untag: Callable[[list[str]], None], old: Any
) -> None:
    """Bring an object's tags from the old ones to those of the inputs."""
    new = inputs.get("tags") or {}
    gone = sorted(set(old or {}) - set(new))
    if gone:
        untag(gone)
    if new and new != old:
        tag(new)
