"""Before anything is refreshed or deleted, when no program runs: are these the clouds that the stack was made in?"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from environments.accounts import Clouds, aws_account, is_loopback
from environments.config import on_local_cloud
from environments.errors import WrongCloud
from environments.failures import Place
from environments.state import resources, stack_outputs

ARN = re.compile(r"arn:aws[a-z-]*:[^:]*:[^:]*:(\d{12}):")


def refuse_wrong_cloud(place: Place, clouds: Clouds, deployment: Mapping[str, Any]) -> None:
    """
    Stop where the stack's objects are not on the clouds that are reached now.

    Raises:
        WrongCloud: names both clouds, and what to do.
        Unreachable: AWS does not say whose the credentials are.
    """
    local = on_local_cloud(place.root, place.stack, place.base)
    problems = list(_local_problems(clouds) if local else _remote_problems(clouds))
    if problems:
        raise WrongCloud(f"stack {place.stack} {'; '.join(problems)}", _remedy(place, local))
    org, account = made_in(deployment)
    if local:  # the address may move to another port, but not off this machine
        wrong = [f"Okta {org}, and {clouds.okta_url} is reached now"] if org and not is_loopback(org) else []
    else:
        wrong = list(_others(clouds, org, account))
    if wrong:
        raise WrongCloud(f"stack {place.stack} was made in {'; in '.join(wrong)}", _remedy(place, local))


def made_in(deployment: Mapping[str, Any]) -> tuple[str, str]:
    """The Okta org and the AWS account of the stack; empty where the state does not say."""
    outputs = stack_outputs(deployment)
    return str(outputs.get("okta_org") or ""), str(outputs.get("aws_account") or _account_of_objects(deployment))


def _account_of_objects(deployment: Mapping[str, Any]) -> str:
    """The account in the objects' own names: a first run that was cut short has exported nothing."""
    names = (str((item.get("outputs") or {}).get("arn", "")) for item in resources(deployment))
    return next((found[1] for name in names if (found := ARN.match(name))), "")


def _others(clouds: Clouds, org: str, account: str) -> Iterator[str]:
    now = (clouds.okta_url or "").rstrip("/")
    if org and org.lower() != now.lower():
        yield f"Okta {org}, and {now} is reached now"
    elif account and (here := aws_account(clouds)) != account:
        yield f"AWS account {account}, and the credentials open {here}"


def _remote_problems(clouds: Clouds) -> Iterator[str]:
    if is_loopback(clouds.okta_url or ""):
        yield f"is on real accounts, and Okta is {clouds.okta_url} on this machine"
    for url in clouds.aws_endpoints:
        if is_loopback(url):
            yield f"is on real accounts, and AWS is {url} on this machine"


def _local_problems(clouds: Clouds) -> Iterator[str]:
    if not is_loopback(clouds.okta_url or ""):
        yield f"is on the local cloud, and Okta is {clouds.okta_url or 'not set'}, not an address of this machine"
    if not clouds.aws_endpoint:
        yield "is on the local cloud, and AWS has no endpoint on this machine (AWS_ENDPOINT_URL)"
    for url in clouds.aws_endpoints:
        if not is_loopback(url):
            yield f"is on the local cloud, and AWS is {url}, not an address of this machine"


def _remedy(place: Place, local: bool) -> str:
    if local:
        return f"in a shell without OKTA_* and AWS_* of other accounts: {place.again}"
    return f"name that Okta org (OKTA_ORG_NAME, OKTA_BASE_URL) and AWS account (AWS_PROFILE), then: {place.again}"
