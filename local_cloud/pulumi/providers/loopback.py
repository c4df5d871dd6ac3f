"""The stand-ins work on the local cloud alone, whatever the environment says."""

import ipaddress
from urllib.parse import urlsplit

from local_cloud.pulumi.providers.errors import ProviderError


def refuse_elsewhere(plugin: str, url: str) -> None:
    """
    Accept an address of this machine.

    Raises:
        ProviderError: it is another one. A shell that keeps the local cloud's PULUMI_HOME would bring it here.
    """
    host = urlsplit(url).hostname or ""
    if host != "localhost" and not _is_loopback(host):
        raise ProviderError(
            f"the local cloud's stand-in for Pulumi's {plugin} plugin does not work on {url}; unset PULUMI_HOME"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
