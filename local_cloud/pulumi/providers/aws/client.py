"""AWS through its own SDK: one client per service, retries that can be cancelled, errors that name what failed."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore import exceptions
from botocore.config import Config

from local_cloud.pulumi.providers.errors import Gone, ProviderError, Unanswered
from local_cloud.pulumi.providers.loopback import refuse_elsewhere
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.values import Properties

RETRIES = 5
CONNECTION_RETRIES = 2
# What is true a moment later: IAM and Lambda say so of a role or function that they have just been given.
_PASSING = frozenset(
    {
        "ConcurrentModification",
        "ConflictException",
        "OperationAbortedException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ResourceConflictException",
        "ResourceInUseException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_LIMITED = 429
_PASSING_TEXTS = ("cannot be assumed by Lambda", "currently in the following state", "in progress", "simultaneously")
_GONE = ("NoSuchEntity", "NotFoundException", "ResourceNotFoundException")
_UNREACHABLE = (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyConnectionError)
_LOST = (exceptions.HTTPClientError, exceptions.ReadTimeoutError, exceptions.ConnectionClosedError)
_SERVER_FAILED = (500, 502, 503, 504)
_NOT_TWICE = ("create_", "add_", "update_table")
_READS = ("get_", "list_", "describe_")
TRIES_UNTIL = 40
CONNECTIONS = 32


class AwsClient:
    """
    The account in one region; safe to use from several threads.

    Args:
        only_loopback: refuse to talk to AWS itself.
    """

    def __init__(
        self, session: boto3.session.Session, patience: Patience | None = None, only_loopback: bool = False
    ) -> None:
        self._only_loopback = only_loopback
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
        attempt, lost = 0, False
        while True:
            try:
                answer = getattr(client, operation)(**arguments)
            except (exceptions.ClientError, exceptions.BotoCoreError) as error:
                failed: Exception = error
                if attempt >= retries(operation, error):
                    raise named(service, operation, client.meta.endpoint_url, error, lost) from error
            else:
                answer.pop("ResponseMetadata", None)
                return answer
            lost = lost or _may_be_done(operation, failed)
            if not self.patience.back_off(attempt):
                text = f"AWS {service} {operation}: cancelled"
                raise Unanswered(text) if lost else ProviderError(text)
            attempt += 1

    def pages(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """All objects of a list; the token of the next page has the same name in the question and in the answer."""
        token: dict[str, str] = {}
        while True:
            answer = self.call(service, operation, **arguments, **token)
            yield from answer[key]
            token = {name: answer[name] for name in ("NextToken", "nextToken") if answer.get(name)}
            if not token:
                return

    def until(self, what: str, look: Callable[[], Any], settled: Callable[[Any], bool]) -> Any:
        """
        Look until the object has settled; the answer is the last one.

        Raises:
            ProviderError: it does not, or the engine has cancelled.
        """
        for attempt in range(TRIES_UNTIL):
            found = look()
            if settled(found):
                return found
            if not self.patience.back_off(min(attempt, 4)):
                raise ProviderError(f"{what} is not ready yet: cancelled")
        raise ProviderError(f"{what} did not become ready")

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, max_pool_connections=CONNECTIONS)
                client = self._session.client(service, config=config)
                if self._only_loopback:
                    refuse_elsewhere("AWS", client.meta.endpoint_url)
                self._clients[service] = client
            return self._clients[service]


def retries(operation: str, error: Exception) -> int:
    """How often the operation may be tried again after the error; a creation that may have been done, never."""
    twice = not operation.startswith(_NOT_TWICE)
    if isinstance(error, exceptions.ClientError):
        return RETRIES if _passing(error) or (_status(error) in _SERVER_FAILED and twice) else 0
    if isinstance(error, _UNREACHABLE):
        return CONNECTION_RETRIES
    return RETRIES if isinstance(error, _LOST) and twice else 0


def _status(error: exceptions.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _passing(error: exceptions.ClientError) -> bool:
    code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if _status(error) == _LIMITED:
        return True
    return any(words in text for words in _PASSING_TEXTS) or (code in _PASSING and "already exist" not in text)


def _may_be_done(operation: str, error: Exception) -> bool:
    """Whether nobody knows what became of the request."""
    if operation.startswith(_READS):
        return False
    if isinstance(error, exceptions.ClientError):
        return _status(error) in _SERVER_FAILED
    return isinstance(error, _LOST) and not isinstance(error, _UNREACHABLE)


def named(service: str, operation: str, endpoint: str, error: Exception, lost: bool = False) -> Exception:
    """The error with what was asked of whom; `lost`: an earlier try may have been done."""
    if isinstance(error, _UNREACHABLE):
        text = f"AWS {service} cannot be reached at {endpoint}"
        return Unanswered(text) if lost else ProviderError(text)
    if isinstance(error, exceptions.ClientError):
        code, words = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code in _GONE:
            return Gone(f"{service} {operation}: {words}")
        text = f"AWS {service} {operation}: {code}: {words}"
    else:
        text = f"AWS {service} {operation} at {endpoint}: {error}"
    if _may_be_done(operation, error):
        return Unanswered(text, pending=isinstance(error, exceptions.ReadTimeoutError))
    return ProviderError(text)


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
