"""Priorities of policies and rules: 1, 2, 3 … without gaps or ties; who comes in moves the others down."""

from local_cloud.okta.org import Org
from local_cloud.okta.store import Row


def next_priority(siblings: list[Row]) -> int:
    """The place after the last one."""
    return 1 + max((row["priority"] for row in siblings), default=0)


def insert(org: Org, table: str, row: Row, siblings: list[Row]) -> Row:
    """
    Store a row at its priority and renumber its siblings around it; a priority past the end is the end.

    Source: https://developer.okta.com/docs/concepts/policies/ (priority).
    """
    order = sorted(siblings, key=lambda sibling: sibling["priority"])
    order.insert(min(row["priority"] - 1, len(order)), row)
    org.store.put(table, row["id"], row)
    renumber(org, table, order)
    return org.store.get(table, row["id"]) or row


def renumber(org: Org, table: str, order: list[Row]) -> None:
    """Give rows the priorities of their order."""
    for priority, item in enumerate(order, start=1):
        if item["priority"] != priority:
            org.store.put(table, item["id"], {**item, "priority": priority})
