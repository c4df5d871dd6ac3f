"""Orgs that listen, Okta's SDK signed in to one, and a local AWS with the AWS SDK's clients."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from botocore.config import Config
from okta.client import Client

from local_cloud.aws import AwsCloud
from tests.contract.clients.certificate import write_certificate
from tests.contract.clients.notes_table import NOTES
from tests.contract.clients.sdk import Sdk
from tests.contract.clients.served_org import ServedOrg, serve_org
from tests.journeys.checkout import REPOSITORY
from tests.local_cloud.aws.account import Account, session_of
from tests.local_cloud.okta.org import API_TOKEN

SERVICES = ("sts", "iam", "logs", "lambda", "apigatewayv2", "dynamodb")


@pytest.fixture(scope="module")
def served() -> Iterator[ServedOrg]:
    """A new org, on plain http."""
    with serve_org() as org:
        yield org


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOrg]:
    """A new org with everything that the product creates, on https."""
    with serve_org(write_certificate(tmp_path_factory.mktemp("tls") / "org.pem")) as org:
        org.run(org.deploy)
        yield org


@pytest.fixture
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Okta's SDK talk plain http. Source: its README, environment variables (the testing switch)."""
    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")


@pytest.fixture
def sdk(served: ServedOrg, plain_http: None) -> Sdk:
    """Okta's SDK with the org's API token."""
    return Client({"orgUrl": served.url, "token": API_TOKEN})


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsCloud]:
    """A local AWS of its own."""
    root = tmp_path_factory.mktemp("aws")
    (root / "requirements").mkdir()
    shutil.copy(REPOSITORY / "requirements/runtime.txt", root / "requirements")
    with start_blocking_portal() as portal:
        running = AwsCloud(root)
        portal.call(running.start)
        yield running
        portal.call(running.stop)


@pytest.fixture(scope="module")
def clients(cloud: AwsCloud) -> dict[str, Any]:
    """The SDK's clients."""
    session = session_of(cloud)
    settings = Config(retries={"total_max_attempts": 1})
    return {name: session.client(name, endpoint_url=cloud.endpoint_url, config=settings) for name in SERVICES}


@pytest.fixture
def aws(clients: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The SDK's clients; what a test created is deleted, since to empty moto's IAM takes a second."""
    yield clients
    for function in clients["lambda"].list_functions()["Functions"]:
        clients["lambda"].delete_function(FunctionName=function["FunctionName"])
    for api in clients["apigatewayv2"].get_apis()["Items"]:
        clients["apigatewayv2"].delete_api(ApiId=api["ApiId"])
    for group in clients["logs"].describe_log_groups()["logGroups"]:
        clients["logs"].delete_log_group(logGroupName=group["logGroupName"])
    for table in clients["dynamodb"].list_tables()["TableNames"]:
        clients["dynamodb"].delete_table(TableName=table)


@pytest.fixture
def account(cloud: AwsCloud, aws: dict[str, Any], tmp_path: Path) -> Account:
    """The account, with what a deployment does in it."""
    return Account(cloud, aws, tmp_path)


@pytest.fixture
def notes(aws: dict[str, Any]) -> Any:
    """A table of notes by owner."""
    aws["dynamodb"].create_table(**NOTES)
    aws["dynamodb"].get_waiter("table_exists").wait(TableName="notes", WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    return aws["dynamodb"]
