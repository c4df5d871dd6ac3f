"""moto guards nothing of what it holds: whoever reads or changes it does so alone."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from moto.logs.models import LogsBackend

from local_cloud.aws import AwsCloud
from local_cloud.aws.account import find_function, moto_lock
from local_cloud.aws.cloudwatch import Delivery, LogStream
from local_cloud.aws.dynamodb.keys import key_types
from local_cloud.aws.identity.managed import bring_managed_policy
from local_cloud.aws.identity.roles import find_role, inline_policies
from local_cloud.aws.refusals.conflicts import conflict_of
from tests.local_cloud.aws.account import Account, session_of

A_MOMENT = 0.3


def test_a_request_waits_until_the_one_before_it_is_answered(
    account: Account, cloud: AwsCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls of an `up` at once: one created its API and was told that moto failed (ours; a run of CI)."""
    describe, create = LogsBackend.describe_log_groups, LogsBackend.create_log_group
    inside, created = threading.Event(), threading.Event()
    seen: list[bool] = []

    def describe_slowly(backend: LogsBackend, *args: Any, **named: Any) -> Any:
        inside.set()
        seen.append(created.wait(A_MOMENT))
        return describe(backend, *args, **named)

    def create_and_tell(backend: LogsBackend, *args: Any, **named: Any) -> Any:
        created.set()
        return create(backend, *args, **named)

    monkeypatch.setattr(LogsBackend, "describe_log_groups", describe_slowly)
    monkeypatch.setattr(LogsBackend, "create_log_group", create_and_tell)
    logs = session_of(cloud).client("logs", endpoint_url=cloud.endpoint_url)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(logs.describe_log_groups)
        assert inside.wait(10)
        logs.create_log_group(logGroupName="second")
        assert first.result(10)["logGroups"] == []
    assert seen == [False] and created.is_set()


def deliver() -> None:
    """One line to a group that does not exist."""

    async def put_and_flush() -> None:
        delivery = Delivery()
        delivery.put(LogStream("g", "s", None, lambda reason: None), "x")
        delivery.flush()

    asyncio.run(put_and_flush())


@pytest.mark.parametrize(
    "look",
    [
        lambda: find_function("f"),
        lambda: find_role("arn:aws:iam::123456789012:role/r"),
        lambda: conflict_of("CreateStage", "/v2/apis/a/stages", {}),
        lambda: bring_managed_policy(b"PolicyArn=arn:aws:iam::aws:policy/AdministratorAccess"),
        lambda: inline_policies("r"),
        lambda: key_types("notes"),
        deliver,
    ],
    ids=[
        "find_function",
        "find_role",
        "conflict_of",
        "bring_managed_policy",
        "inline_policies",
        "key_types",
        "deliver",
    ],
)
def test_who_looks_past_the_requests_waits_too(account: Account, look: Callable[[], object]) -> None:
    """A dictionary that changes while it is read is an error in Python (ours)."""
    with ThreadPoolExecutor() as pool:
        with moto_lock:
            looking = pool.submit(look)
            assert wait([looking], A_MOMENT).not_done
        looking.result(10)


@pytest.mark.parametrize("change", ["update_stage", "tag_resource"])
def test_who_changes_a_stage_waits_too(account: Account, change: str) -> None:
    """What moto lacks we do on its own objects (design, local AWS)."""
    api = account.gateway.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    account.gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    arguments = {
        "update_stage": {"ApiId": api, "StageName": "$default", "Description": "d"},
        "tag_resource": {
            "ResourceArn": f"arn:aws:apigateway:us-east-1::/apis/{api}/stages/$default",
            "Tags": {"a": "b"},
        },
    }
    with ThreadPoolExecutor() as pool:
        with moto_lock:
            changing = pool.submit(getattr(account.gateway, change), **arguments[change])
            assert wait([changing], A_MOMENT).not_done
        changing.result(10)
