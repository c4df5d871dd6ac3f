"""What an org is built from."""

from dataclasses import dataclass
from pathlib import Path

from local_cloud.people import SEED_FILE


@dataclass(frozen=True)
class OktaSettings:
    """
    Where the org lives and what it starts with.

    Args:
        org_url: scheme, host and port, without a trailing slash; the issuers are built on it.
        api_token: the one SSWS token that the Management API accepts.
        seed_file: people and groups of a new org.
        state_file: kept up to date after every change and read at start; None keeps everything in memory.
    """

    org_url: str
    api_token: str
    seed_file: Path = SEED_FILE
    state_file: Path | None = None
