"""One local AWS for all tests of this folder, in a thread of its own; each test finds an empty account."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.aws import AwsCloud
from tests.local_cloud.aws.account import Account, session_of

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository root that has the lock of the function's interpreter, which is made once."""
    folder = tmp_path_factory.mktemp("aws")
    (folder / "requirements").mkdir()
    shutil.copy(REPOSITORY / "requirements/runtime.txt", folder / "requirements")
    return folder


@pytest.fixture(scope="session")
def cloud(root: Path) -> Iterator[AwsCloud]:
    """The local AWS, running."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    running = AwsCloud(root)
    asyncio.run_coroutine_threadsafe(running.start(), loop).result(120)
    yield running
    asyncio.run_coroutine_threadsafe(running.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture(scope="session")
def clients(cloud: AwsCloud) -> dict[str, object]:
    """The AWS SDK's clients."""
    session = session_of(cloud)
    names = ("iam", "lambda", "apigatewayv2")
    return {name: session.client(name, endpoint_url=cloud.endpoint_url) for name in names}


@pytest.fixture
def account(cloud: AwsCloud, clients: dict[str, object], root: Path) -> Iterator[Account]:
    """An empty account; emptied again."""
    found = Account(cloud, clients, root)
    yield found
    cloud.rename_www_authenticate = True
    found.empty()
