"""Pages, refusals and rate limits, as Okta's own SDK reads them. Source: issue 4; okta-sdk-python."""

import pytest
from okta import models
from okta.client import Client
from okta.exceptions import OktaAPIException
from okta.request_executor import RequestExecutor

from tests.contract.clients.sdk import Sdk, all_pages, got, refused
from tests.contract.clients.sdk_objects import make_app, make_group, make_user, names
from tests.contract.clients.served_org import ServedOrg
from tests.local_cloud.okta.org import API_TOKEN
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@requirement("contract:okta-paging")
async def test_the_links_lead_through_every_page_once(sdk: Sdk) -> None:
    """Pages of three, by `Link: rel="next"`, hold every group once, in a stable order (Okta, pagination)."""
    made = {names(await make_group(sdk, f"page-{number}")) for number in range(8)}
    pages = await all_pages(sdk.list_groups, limit=3)
    listed = [names(row) for page in pages for row in page]

    assert made <= set(listed)
    assert len(listed) == len(set(listed))
    assert [len(page) for page in pages[:-1]] == [3] * (len(pages) - 1)
    assert listed == [names(row) for row in got(await sdk.list_groups())]


async def test_every_list_can_be_paged(sdk: Sdk) -> None:
    """Members, assignments, people and apps page alike; an app's groups come by twenty at least (Okta, pagination)."""
    app, group = await make_app(sdk, "paged"), await make_group(sdk, "paged")
    for number in range(3):
        user = await make_user(sdk, f"p{number}@x.com")
        got(await sdk.assign_user_to_group(group.id, user.id))
        got(await sdk.assign_user_to_application(app.id, models.AppUserAssignRequest(id=user.id, scope="USER")))
    for number in range(21):
        got(await sdk.assign_group_to_application(app.id, (await make_group(sdk, f"assigned-{number}")).id))

    assert [len(page) for page in await all_pages(sdk.list_group_users, group.id, limit=2)] == [2, 1]
    assert [len(page) for page in await all_pages(sdk.list_application_users, app.id, limit=2)] == [2, 1]
    assigned = await all_pages(sdk.list_application_group_assignments, app.id, limit=20)
    assert [len(page) for page in assigned] == [20, 1]
    assert len(await all_pages(sdk.list_users, limit=2)) >= 3
    await make_app(sdk, "paged too")
    assert len(await all_pages(sdk.list_applications, limit=1)) >= 2


@requirement("contract:okta-errors")
async def test_refusals_become_the_sdks_error_objects(sdk: Sdk, served: ServedOrg, plain_http: None) -> None:
    """Status, code, summary, link, id and causes are where the SDK looks for them (Okta, error codes)."""
    await make_group(sdk, "twice")
    error = (await sdk.add_group(models.AddGroupRequest.from_dict({"profile": {"name": "twice"}})))[-1]
    stranger: Sdk = Client({"orgUrl": served.url, "token": "00wrong"})

    assert (error.status, error.error_code) == (400, "E0000001")
    assert error.error_summary.startswith("Api validation failed: ")
    assert error.error_causes[0]["errorSummary"]
    assert error.error_link == "E0000001"
    assert error.error_id.startswith("oae")
    assert refused(await stranger.list_groups()) == (401, "E0000011")


async def test_refusals_can_be_exceptions(served: ServedOrg, plain_http: None) -> None:
    """The SDK's `raiseException` works on the same body (okta-sdk-python, exceptions)."""
    loud = Client({"orgUrl": served.url, "token": API_TOKEN, "raiseException": True})

    with pytest.raises(OktaAPIException, match="E0000007"):
        await loud.get_group("00gNobodyHasThisOne00")


@requirement("contract:okta-rate-limit")
async def test_the_sdk_waits_for_the_reset_and_tries_again(served: ServedOrg, plain_http: None) -> None:
    """On 429 it waits until `X-Rate-Limit-Reset`; the clock is moved in the place of waiting (Okta, rate limits)."""
    waits: list[float] = []

    class Patient(RequestExecutor):
        async def pause_for_backoff(self, backoff_time: float) -> None:
            waits.append(backoff_time)
            served.clock.offset_seconds += backoff_time
            await served.call("POST", "/_local/rate-limit", {"remaining": None})

    sdk: Sdk = Client({"orgUrl": served.url, "token": API_TOKEN, "requestExecutor": Patient})
    (await served.call("POST", "/_local/rate-limit", {"remaining": 1})).raise_for_status()
    first, second = await sdk.list_groups(limit=1), await sdk.list_groups(limit=1)

    assert got(first) == got(second)
    assert len(waits) == 1
    assert 0 < waits[0] <= 61
