"""The wrong-cloud guard: the local stack must not reach a real cloud, and no other stack the local one."""

import ipaddress
import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

# The services that the program uses, each under the names that configuration has for it.
SERVICES = ({"apigatewayv2"}, {"cloudwatchlogs", "logs"}, {"dynamodb"}, {"iam"}, {"lambda"}, {"sts"})


def is_loopback(url: str) -> bool:
    """Whether the URL leads back to this machine."""
    host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def okta_endpoint(config: Mapping[str, str], environment: Mapping[str, str]) -> str | None:
    """Where the Okta plugin will send its requests; None where nothing says so."""
    proxy = config.get("okta:httpProxy") or environment.get("OKTA_HTTP_PROXY")
    if proxy:
        return proxy
    name = config.get("okta:orgName") or environment.get("OKTA_ORG_NAME")
    base = config.get("okta:baseUrl") or environment.get("OKTA_BASE_URL")
    return f"https://{name}.{base}" if name and base else None


def aws_endpoints(config: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """
    The endpoints that replace AWS's own, by service; `*` is for every service that has none.

    Raises:
        ValueError: `aws:endpoints` is not a list of objects.
    """
    found = dict(configured_endpoints(config.get("aws:endpoints") or "[]"))
    if environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return found
    for name, value in environment.items():
        if name.startswith("AWS_ENDPOINT_URL_") and value:
            found.setdefault(name.removeprefix("AWS_ENDPOINT_URL_").lower().replace("_", ""), value)
    if environment.get("AWS_ENDPOINT_URL"):
        found["*"] = environment["AWS_ENDPOINT_URL"]
    return found


def configured_endpoints(text: str) -> Iterator[tuple[str, str]]:
    """The service and URL pairs of `aws:endpoints`, which the engine hands over as JSON."""
    entries = json.loads(text)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("not a list of objects")
    for entry in entries:
        yield from ((service, str(url)) for service, url in entry.items())


def covers_all(endpoints: Mapping[str, str]) -> bool:
    """Whether no service that the program uses is left with AWS's own endpoint."""
    return "*" in endpoints or all(names & endpoints.keys() for names in SERVICES)


def guard(on_local_cloud: bool, config: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """What is wrong with where the requests would go."""
    okta = okta_endpoint(config, environment)
    try:
        aws = aws_endpoints(config, environment)
    except ValueError as error:
        return [f"aws:endpoints is unreadable ({error})"]
    return list(local_problems(okta, aws) if on_local_cloud else remote_problems(okta, aws))


def remote_problems(okta: str | None, aws: Mapping[str, str]) -> Iterator[str]:
    """A stack on real accounts needs an org and must not see this machine."""
    if okta is None:
        yield "no Okta org: set okta:orgName and okta:baseUrl, or OKTA_ORG_NAME and OKTA_BASE_URL"
    elif is_loopback(okta):
        yield f"Okta is {okta} on this machine, and only the stack `local` and its branches may use that"
    for service, url in sorted(aws.items()):
        if is_loopback(url):
            yield f"AWS ({service}) is {url} on this machine, and only the stack `local` and its branches may use that"


def local_problems(okta: str | None, aws: Mapping[str, str]) -> Iterator[str]:
    """A stack on the local cloud must see nothing but this machine."""
    if okta is None or not is_loopback(okta):
        yield f"Okta is {okta or 'not set'}, not an address of this machine, as a stack on the local cloud needs"
    if not covers_all(aws):
        yield "AWS has no endpoint on this machine (AWS_ENDPOINT_URL), as a stack on the local cloud needs"
    for service, url in sorted(aws.items()):
        if not is_loopback(url):
            yield f"AWS ({service}) is {url}, not an address of this machine, as a stack on the local cloud needs"
