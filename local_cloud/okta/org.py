"""One org: its settings, its clock, its objects and its signing keys, handed to every endpoint."""

from dataclasses import dataclass, field

from joserfc.jwk import RSAKey

from local_cloud.clock import Clock
from local_cloud.okta.settings import OktaSettings
from local_cloud.okta.store import Row, Store


@dataclass
class Org:
    """
    What an endpoint works on.

    Args:
        keyring: signing keys that have been read, by id; reading one takes longer than signing with it.
        rate_limit_remaining: Management API calls left before a 429; None means that there is no limit.
    """

    settings: OktaSettings
    clock: Clock
    store: Store
    keyring: dict[str, RSAKey] = field(default_factory=dict)
    rate_limit_remaining: int | None = None

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
