"""One org: its settings, its clock, its objects and its signing keys, handed to every endpoint."""

from dataclasses import dataclass, field

from joserfc.jwk import RSAKey

from local_cloud.clock import Clock
from local_cloud.okta.rate_limits import RateLimits
from local_cloud.okta.settings import OktaSettings
from local_cloud.okta.store import Row, Store


@dataclass
class Org:
    """
    What an endpoint works on.

    Args:
        keyring: signing keys that have been read, by id; reading one takes longer than signing with it.
        rate_limits: of the Management API.
        api_access_management: whether the org's plan includes custom authorization servers.
    """

    settings: OktaSettings
    clock: Clock
    store: Store
    keyring: dict[str, RSAKey] = field(default_factory=dict)
    rate_limits: RateLimits = field(default_factory=RateLimits)
    api_access_management: bool = True

    def url(self, path: str) -> str:
        """The absolute address of a path of this org."""
        return f"{self.settings.org_url}{path}"

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.clock.now()

    def stamp(self, row: Row) -> Row:
        """Note on a row that it has just been changed."""
        row["lastUpdated"] = self.clock.timestamp()
        return row
