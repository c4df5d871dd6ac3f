"""Which Okta org and which AWS account a stack reaches, and whether they answer."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2

from environments.errors import Unreachable, WrongCloud

if TYPE_CHECKING:
    import boto3

PATIENCE_SECONDS = 10.0
# Source: botocore reads these where nothing else is said; on the local cloud they belong to somebody else.
NO_PERSON = {"profile": (None, None, None, None), "config_file": (None, None, "/dev/null", None)}
# What `aws:` settings say that is read here, too, and what leads no request elsewhere.
READ = {"region", "profile", "endpoints"}
HARMLESS = {"allowedAccountIds", "defaultTags", "forbiddenAccountIds", "ignoreTags", "maxRetries", "retryMode"}


@dataclass(frozen=True)
class Clouds:
    """
    How a stack reaches its two clouds, from its configuration and the environment.

    Args:
        profile: the one that the stack's configuration names; `AWS_PROFILE` gives way to keys in the environment.
    """

    okta_url: str | None
    okta_token: str | None = field(repr=False)
    region: str | None
    profile: str | None
    environ: Mapping[str, str] = field(repr=False)
    endpoints: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Mapping[str, Any], environ: Mapping[str, str]) -> "Clouds":
        """
        Read them in the plugins' own order: the stack's configuration first.

        Raises:
            WrongCloud: a setting would lead the AWS plugin where nothing here would look.

        Source: AWS SDK for Go, credential chain: a profile comes before keys in the environment only if it is named.
        """
        refuse_other_ways(config)

        def value(key: str, variable: str) -> str | None:
            return str(config.get(key) or environ.get(variable) or "").strip() or None

        name, base = value("okta:orgName", "OKTA_ORG_NAME"), value("okta:baseUrl", "OKTA_BASE_URL")
        real = f"https://{name}.{base}" if name and base else None
        return cls(
            okta_url=value("okta:httpProxy", "OKTA_HTTP_PROXY") or real,
            okta_token=value("okta:apiToken", "OKTA_API_TOKEN"),
            region=value("aws:region", "AWS_REGION") or environ.get("AWS_DEFAULT_REGION"),
            profile=str(config.get("aws:profile") or "").strip() or None,
            environ=environ,
            endpoints=tuple(_endpoints(config.get("aws:endpoints"))),
        )

    @property
    def aws_endpoint(self) -> str | None:
        """The address that replaces AWS's own, if one does."""
        return self.environ.get("AWS_ENDPOINT_URL")

    @property
    def aws_endpoints(self) -> list[str]:
        """Every address that replaces one of AWS's own."""
        named = [value for name, value in self.environ.items() if name.startswith("AWS_ENDPOINT_URL") and value]
        return [*self.endpoints, *named]

    def session(self) -> "boto3.Session":
        """An AWS session with the stack's region and this environment's credentials, never with our own process's."""
        import boto3
        import botocore.session

        if not self.aws_endpoint:
            return boto3.Session(profile_name=self.profile, region_name=self.region)
        core = botocore.session.Session(session_vars=NO_PERSON)
        core.set_credentials(self.environ.get("AWS_ACCESS_KEY_ID"), self.environ.get("AWS_SECRET_ACCESS_KEY"))
        return boto3.Session(botocore_session=core, region_name=self.region)

    def client(self, service: str) -> Any:
        """A client of one AWS service."""
        from botocore.config import Config

        limits = Config(
            connect_timeout=PATIENCE_SECONDS,
            read_timeout=30,
            retries={"total_max_attempts": 3},
            proxies={} if is_loopback(self.aws_endpoint or "") else None,
        )
        return self.session().client(service, endpoint_url=self.aws_endpoint, config=limits)


def refuse_other_ways(config: Mapping[str, Any]) -> None:
    """
    Accept only the `aws:` settings that the environments follow as the plugin does.

    Raises:
        WrongCloud: names the others.
    """
    others = sorted(key for key in config if key.startswith("aws:") and key[4:] not in READ | HARMLESS)
    if others:
        raise WrongCloud(
            f"the stack's configuration has {', '.join(others)}, which the AWS plugin follows and mcp-okta does not",
            "put it into a profile of ~/.aws/config (role_arn, source_profile) and use AWS_PROFILE; then: "
            f"pulumi config rm {others[0]}",
        )


def check_okta(clouds: Clouds) -> str:
    """
    See that the org answers; return its address.

    Raises:
        Unreachable: no org is named, or it does not answer.

    Source: Okta, Org Settings: `/.well-known/okta-organization` answers without credentials.
    """
    url = clouds.okta_url
    if url is None:
        raise Unreachable(
            "no Okta org is named: okta:orgName and okta:baseUrl, or OKTA_ORG_NAME and OKTA_BASE_URL, are not set",
            "export OKTA_ORG_NAME=… OKTA_BASE_URL=okta.com OKTA_API_TOKEN=…",
        )
    try:
        answer = httpx2.get(
            f"{url}/.well-known/okta-organization", timeout=PATIENCE_SECONDS, trust_env=not is_loopback(url)
        )
        answer.raise_for_status()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Unreachable(f"Okta does not answer at {url}: {_reason(error)}", remedy_for(url)) from error
    return url


def aws_account(clouds: Clouds) -> str:
    """
    The number of the AWS account that the credentials open.

    Raises:
        Unreachable: no credentials, refused ones, no region, or no answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(clouds.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        where = clouds.aws_endpoint or f"AWS in {clouds.region or 'no region'}"
        raise Unreachable(
            f"{where} refuses or does not answer: {error}", remedy_for(clouds.aws_endpoint or "aws")
        ) from error


def remedy_for(address: str) -> str:
    """What to do when that address does not answer."""
    if is_loopback(address):
        return "mcp-okta local up"
    if address == "aws":
        return "check AWS_PROFILE or the AWS_* keys and aws:region with: aws sts get-caller-identity"
    return "check okta:orgName, okta:baseUrl and the network, then run it again"


def check_region(clouds: Clouds) -> str:
    """
    See that an AWS region is named; return it.

    Raises:
        Unreachable: it is not.
    """
    if clouds.region is None:
        raise Unreachable("no AWS region is named: neither aws:region nor AWS_REGION is set", "export AWS_REGION=…")
    return clouds.region


def is_loopback(url: str) -> bool:
    """Whether the address is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _endpoints(value: Any) -> Iterator[str]:
    """The addresses of `aws:endpoints`: a list of objects, or that list as JSON; the program refuses anything else."""
    try:
        entries = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return
    for entry in entries if isinstance(entries, list) else []:
        yield from (str(url) for url in entry.values()) if isinstance(entry, dict) else ()


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
