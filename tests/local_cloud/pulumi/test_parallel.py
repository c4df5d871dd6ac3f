"""The engine's calls at the same time, and its Cancel among them."""

import resource
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
import httpx2
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local_cloud.aws.control_plane import SERVICES
from local_cloud.pulumi import serving
from local_cloud.pulumi.providers import aws, okta, values
from local_cloud.pulumi.providers.aws.client import CONNECTIONS
from local_cloud.pulumi.providers.base import Provider
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.resource import Plugin
from tests.local_cloud.pulumi.cases_aws import ROLE, TRUST
from tests.local_cloud.pulumi.cases_okta import APPS, REDIRECT, populate
from tests.local_cloud.pulumi.stub_okta import TOKEN, URL
from tests.local_cloud.pulumi.wire import Aborted, Wire, half_made, plain, urn_of
from tests.local_cloud.pulumi.worlds import aws_world, okta_world
from tests.requirements import requirement

GROUP = "okta:group/group:Group"
API = "aws:apigatewayv2/api:Api"
AT_ONCE = 64  # four times what the engine asks unless it is told otherwise


def all_at_once(act: Callable[[int], Any], count: int = AT_ONCE) -> list[Any]:
    """The results, errors among them, of as many threads."""
    with futures.ThreadPoolExecutor(count) as pool:
        started = [pool.submit(act, number) for number in range(count)]
        return [one.exception(timeout=30) or one.result() for one in started]


@contextmanager
def served(plugin: Plugin, client: Any) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """The plugin with as many threads as a real one has."""
    provider = Provider(plugin)
    provider._client = client
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=serving.THREADS))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(grace=None).wait(5)


@requirement("pulumi:cancel")
def test_cancel_is_heard_although_every_call_waits() -> None:
    """More calls than the engine makes are waiting for a rate limit; all end at once, each with its reason (Cancel)."""
    waiting = threading.Semaphore(0)

    def limited(request: httpx2.Request) -> httpx2.Response:
        waiting.release()
        return httpx2.Response(429, headers={"x-rate-limit-reset": "99999999999"})

    client = OktaClient(URL, TOKEN, httpx2.Client(transport=httpx2.MockTransport(limited)))
    request = provider_pb2.CreateRequest(urn=urn_of(GROUP), properties=values.write({"name": "g"}))
    with served(okta.PLUGIN, client) as plugin:
        calls = [plugin.Create.future(request, timeout=30) for _ in range(AT_ONCE)]
        assert all(waiting.acquire(timeout=10) for _ in calls)
        plugin.Cancel(empty_pb2.Empty(), timeout=5)
        failures = [call.exception(timeout=5) for call in calls]

    assert {failure.details() for failure in failures} == {f"POST {URL}/api/v1/groups: cancelled"}


@requirement("pulumi:cancel")
@pytest.mark.parametrize("seen", [True, False], ids=["it exists", "it does not"])
def test_a_creation_that_is_cancelled_while_it_is_looked_for_is_told_of(seen: bool) -> None:
    """One last look without a wait: the id, or what may exist and what to type (ours)."""
    client_: list[OktaClient] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            client_[0].patience.cancel()
            raise httpx2.ReadError("lost")
        if not seen:
            return httpx2.Response(200, json=[])
        group = {"id": "00g1", "profile": {"name": "g", "description": ""}}
        return httpx2.Response(200, json=group if request.url.path.endswith("00g1") else [group])

    client_.append(OktaClient(URL, TOKEN, httpx2.Client(transport=httpx2.MockTransport(answer)), Patience()))
    wire = Wire(okta.PLUGIN, lambda settings: client_[0])

    if seen:
        assert wire.create(GROUP, {"name": "g"}).id == "00g1"
    else:
        with pytest.raises(Aborted, match=r'the group g may exist all the same: .* option import_="ID"$'):
            wire.create(GROUP, {"name": "g"})


@requirement("pulumi:cancel")
def test_what_cancel_interrupts_after_the_first_step_is_in_the_state() -> None:
    """A role's function or an app's policy is missing, the object is told of (ErrorResourceInitFailed)."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return httpx2.Response(200, json={"id": "00g1"})
        client.patience.cancel()
        return httpx2.Response(404, json={"errorCode": "E0000007", "errorSummary": "Not found"})

    client = OktaClient(URL, TOKEN, httpx2.Client(transport=httpx2.MockTransport(answer)), Patience())
    with served(okta.PLUGIN, client) as plugin, pytest.raises(grpc.RpcError) as failure:
        plugin.Create(provider_pb2.CreateRequest(urn=urn_of(GROUP), properties=values.write({"name": "g"})), timeout=5)

    trailing = dict(failure.value.trailing_metadata())
    assert half_made(trailing["grpc-status-details-bin"]).id == "00g1"


@requirement("pulumi:parallel")
def test_many_calls_share_the_connections_to_okta() -> None:
    """One client, one object each, nothing twice (issue 4)."""
    world = okta_world()
    wire = Wire(world.plugin, lambda settings: world.client)

    made = all_at_once(lambda number: wire.create(GROUP, {"name": f"group-{number}", "description": ""}))

    assert [plain(one.properties)["name"] for one in made] == [f"group-{number}" for number in range(AT_ONCE)]
    assert len({one.id for one in made}) == AT_ONCE
    gone = all_at_once(lambda number: wire.delete(GROUP, made[number].id, {}))
    assert gone == [None] * AT_ONCE


@requirement("pulumi:parallel")
def test_many_calls_share_one_client_of_each_service_of_aws() -> None:
    """boto's clients may be used by several threads, so each is made once (boto3, Multithreading)."""
    world = aws_world()
    wire = Wire(world.plugin, lambda settings: world.client)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def both(number: int) -> list[str]:
        role = wire.create(ROLE, wire.check(ROLE, {"name": f"role-{number}", "assumeRolePolicy": TRUST})[0])
        api = wire.create(API, {"name": f"api-{number}", "protocolType": "HTTP"})
        wire.delete(ROLE, role.id, plain(role.properties))
        wire.delete(API, api.id, plain(api.properties))
        return [role.id, api.id]

    made = all_at_once(both)

    assert [one[0] for one in made] == [f"role-{number}" for number in range(AT_ONCE)]
    assert len({one[1] for one in made}) == AT_ONCE
    assert sorted(world.client._clients) == ["apigatewayv2", "iam", "sts"]
    assert all(one.meta.config.max_pool_connections == CONNECTIONS for one in world.client._clients.values())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


@requirement("pulumi:parallel")
def test_uris_that_are_added_to_one_app_at_the_same_time_are_all_there() -> None:
    """Each reads the app, changes it and writes it back: one after the other (Okta's Terraform provider)."""
    world = okta_world()
    populate(world)
    wire, app = Wire(world.plugin, lambda settings: world.client), world.above["app"]["id"]

    made = all_at_once(lambda number: wire.create(REDIRECT, {"appId": app, "uri": f"https://a/{number}"}), 16)

    held = world.clean.get(f"{APPS}/{app}")["settings"]["oauthClient"]["redirect_uris"]
    assert {one.id for one in made} <= set(held)
    assert len(held) == 17


def test_the_services_that_the_plugins_use_are_those_of_the_local_aws() -> None:
    """A type whose service the local AWS refuses would be of no use (ours)."""
    services = {token.split(":")[1].split("/")[0] for token in aws.PLUGIN.resources}
    names = {"apigatewayv2": "apigateway", "cloudwatch": "logs"}

    assert {names.get(name, name) for name in services} <= SERVICES
