"""
Which rule of an authorization server's access policies admits a request: a pure function of the objects.

Source: https://developer.okta.com/docs/guides/configure-access-policy/ (first match wins, all scopes or none).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from local_cloud.okta.store import Row

FAILURE = "Policy evaluation failed for this request, please check the policy configurations."
ALL_CLIENTS = "ALL_CLIENTS"
ANY_SCOPE = "*"
EVERYONE = "EVERYONE"


@dataclass(frozen=True)
class Ask:
    """
    What a client asks for.

    Args:
        user_id: None where no person is involved (client credentials).
        by_default: nobody asked for the scopes: they are the server's default ones, of which a part will do.
    """

    client_id: str
    grant_type: str
    scopes: frozenset[str]
    user_id: str | None = None
    group_ids: frozenset[str] = frozenset()
    by_default: bool = False


def first_rule(policies: Iterable[Row], rules: Iterable[Row], ask: Ask) -> Row | None:
    """The first rule, in the order of priority of policies and then of rules, that admits all that is asked."""
    by_policy: dict[str, list[Row]] = {}
    for rule in rules:
        by_policy.setdefault(rule["_policy"], []).append(rule)
    for policy in _in_order(policies):
        if not admits_client(policy, ask):
            continue
        for rule in _in_order(by_policy.get(policy["id"], [])):
            if admits(rule, ask):
                return rule
    return None


def admits_client(policy: Row, ask: Ask) -> bool:
    """Whether a policy is about this client."""
    clients = policy["conditions"]["clients"]["include"]
    return ALL_CLIENTS in clients or ask.client_id in clients


def admits(rule: Row, ask: Ask) -> bool:
    """Whether a rule admits the grant, the person and every scope."""
    return admits_grant(rule, ask) and admits_person(rule, ask) and admits_scopes(rule, ask)


def admits_grant(rule: Row, ask: Ask) -> bool:
    """Whether the rule is about this grant type."""
    return ask.grant_type in rule["conditions"]["grantTypes"]["include"]


def admits_person(rule: Row, ask: Ask) -> bool:
    """Whether the person is included, by name or by any group, and not excluded."""
    if ask.user_id is None:
        return True
    users, groups = rule["conditions"]["people"]["users"], rule["conditions"]["people"]["groups"]
    everywhere = ask.group_ids | {EVERYONE}
    if ask.user_id in users["exclude"] or everywhere & set(groups["exclude"]):
        return False
    return ask.user_id in users["include"] or bool(everywhere & set(groups["include"]))


def admits_scopes(rule: Row, ask: Ask) -> bool:
    """Whether every scope is in the rule, the reserved ones too; of what nobody asked for, any."""
    left = permitted(rule, ask.scopes)
    return bool(left) if ask.by_default else len(left) == len(ask.scopes)


def permitted(rule: Row, scopes: Iterable[str]) -> tuple[str, ...]:
    """
    Those of the scopes that a rule admits.

    Source: https://developer.okta.com/docs/guides/customize-authz-server/ (default scopes).
    """
    allowed = set(rule["conditions"]["scopes"]["include"])
    return tuple(name for name in scopes if ANY_SCOPE in allowed or name in allowed)


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted((row for row in rows if row["status"] == "ACTIVE"), key=lambda row: row["priority"])
