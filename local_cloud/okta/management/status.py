"""Active or not: the one way in which objects with a life cycle change their state."""

from local_cloud.okta.org import Org
from local_cloud.okta.store import Row


def set_status(org: Org, table: str, row: Row, status: str) -> None:
    """Store a row with another status; the status that it has already is no error."""
    org.store.put(table, row["id"], org.stamp({**row, "status": status}))


def opposite(row: Row) -> str:
    """The life cycle operation that a row offers in its present status."""
    return "deactivate" if row["status"] == "ACTIVE" else "activate"
