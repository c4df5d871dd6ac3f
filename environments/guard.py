"""Before anything is refreshed or deleted, when no program runs: are these the clouds that the stack was made in?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from environments.accounts import Clouds, aws_account, is_loopback
from environments.config import on_local_cloud
from environments.errors import WrongCloud
from environments.failures import Place
from environments.state import resources, stack_outputs

ARN = re.compile(r"arn:aws[a-z-]*:[^:]*:([^:]*):(\d{12}):")


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
    made = made_in(deployment)
    if local:  # the address may move to another port, but not off this machine
        wrong = [f"Okta {made.org}, and {clouds.okta_url} is reached now"] if _left_this_machine(made) else []
    else:
        wrong = list(_others(clouds, made))
    if wrong:
        raise WrongCloud(f"stack {place.stack} was made in {'; in '.join(wrong)}", _remedy(place, local))
    if not local and made.region and made.region != clouds.region:
        raise WrongCloud(
            f"stack {place.stack} was made in AWS region {made.region}, and {clouds.region or 'none'} is reached now",
            f"pulumi config set --stack {place.stack} aws:region {made.region}",
        )


@dataclass(frozen=True)
class Origin:
    """The Okta org, the AWS account and the AWS region of a stack; empty where its state does not say."""

    org: str
    account: str
    region: str


def made_in(deployment: Mapping[str, Any]) -> Origin:
    """Where the stack was made; a first run that was cut short exported nothing, and its objects' names say it."""
    outputs, arns = stack_outputs(deployment), list(_arns(deployment))
    account = str(outputs.get("aws_account") or next((account for _, account in arns), ""))
    region = str(outputs.get("region") or next((region for region, _ in arns if region), ""))
    return Origin(str(outputs.get("okta_org") or ""), account, region)


def _arns(deployment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Region (empty for what is in none) and account of the objects that have both in their names."""
    for item in resources(deployment):
        found = ARN.match(str((item.get("outputs") or {}).get("arn", "")))
        if found:
            yield found[1], found[2]


def _left_this_machine(made: Origin) -> bool:
    return bool(made.org) and not is_loopback(made.org)


def _others(clouds: Clouds, made: Origin) -> Iterator[str]:
    now = (clouds.okta_url or "").rstrip("/")
    if made.org and made.org.lower() != now.lower():
        yield f"Okta {made.org}, and {now} is reached now"
    elif made.account and (here := aws_account(clouds)) != made.account:
        yield f"AWS account {made.account}, and the credentials open {here}"


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
