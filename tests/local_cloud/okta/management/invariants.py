"""What holds of every org at any time; each function tells what does not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from local_cloud.okta.servers import RESERVED_SCOPES
from local_cloud.okta.store import Row, Store

GONE = "refers to nothing"


def broken(store: Store) -> list[str]:
    """Everything that does not hold."""
    return [wrong for check in CHECKS for wrong in check(store)]


def names(store: Store) -> Iterator[str]:
    """Names are unique where Okta says so."""
    yield from twice("server", (row["name"] for row in store.rows("servers")))
    yield from twice("app", (row["label"] for row in store.rows("apps")))
    yield from twice("group", (row["profile"]["name"] for row in store.rows("groups")))
    yield from twice("login", (row["profile"]["login"].lower() for row in store.rows("users")))
    yield from twice("scope", ((row["_server"], row["name"]) for row in store.rows("scopes")))
    yield from twice("claim", ((row["_server"], row["name"], row["claimType"]) for row in store.rows("claims")))
    yield from twice("policy", ((row["_server"], row["name"]) for row in store.rows("policies")))
    yield from twice("rule", ((row["_policy"], row["name"]) for row in store.rows("rules")))
    yield from twice("grant", ((row["_app"], row["scopeId"]) for row in store.rows("app_grants")))


def built_in(store: Store) -> Iterator[str]:
    """One default server, one access policy, one group of everybody; reserved scopes and keys at every server."""
    if [row["default"] for row in store.rows("servers")].count(True) != 1:
        yield "not exactly one default server"
    if [row["system"] for row in store.rows("access_policies")] != [True]:
        yield "not exactly one access policy"
    if [row["profile"]["name"] for row in store.rows("groups", type="BUILT_IN")] != ["Everyone"]:
        yield "Everyone is not there once"
    for server in store.rows("servers"):
        scopes = [row["name"] for row in store.rows("scopes", _server=server["id"], system=True)]
        if sorted(scopes) != sorted(RESERVED_SCOPES):
            yield f"reserved scopes of {server['name']}: {scopes}"
        keys = Counter(row["status"] for row in store.rows("keys", server=server["id"]))
        if (keys["ACTIVE"], keys["NEXT"]) != (1, 1) or keys["EXPIRED"] > 1:
            yield f"keys of {server['name']}: {keys}"
        if server["credentials"]["signing"]["kid"] not in {row["id"] for row in store.rows("keys", status="ACTIVE")}:
            yield f"{server['name']} shows a key that does not sign"


def priorities(store: Store) -> Iterator[str]:
    """1, 2, 3 … among the policies of a server and the rules of a policy."""
    for parent, table, key in (("servers", "policies", "_server"), ("policies", "rules", "_policy")):
        for row in store.rows(parent):
            found = sorted(child["priority"] for child in store.rows(table, **{key: row["id"]}))
            if found != list(range(1, len(found) + 1)):
                yield f"priorities of {table} of {row['name']}: {found}"


def owners(store: Store) -> Iterator[str]:
    """Whatever belongs to something belongs to something that exists."""
    belongs = (
        ("scopes", "_server", "servers"),
        ("claims", "_server", "servers"),
        ("policies", "_server", "servers"),
        ("rules", "_policy", "policies"),
        ("app_groups", "_app", "apps"),
        ("app_groups", "_group", "groups"),
        ("app_users", "_app", "apps"),
        ("app_users", "_user", "users"),
        ("app_grants", "_app", "apps"),
        ("apps", "_policy", "access_policies"),
    )
    for table, key, parent in belongs:
        for row in store.rows(table):
            if store.get(parent, row[key]) is None:
                yield f"{table} {row['id']} {GONE}: {row[key]}"


def mentions(store: Store) -> Iterator[str]:
    """Whatever is named in a condition exists."""
    for policy in store.rows("policies"):
        clients = policy["conditions"]["clients"]["include"]
        yield from missing(policy, (name for name in clients if name != "ALL_CLIENTS"), store, "apps")
        known = {row["name"] for row in store.rows("scopes", _server=policy["_server"])} | {"*"}
        for rule in store.rows("rules", _policy=policy["id"]):
            for table in ("users", "groups"):
                for named in rule["conditions"]["people"][table].values():
                    yield from missing(rule, (name for name in named if name != "EVERYONE"), store, table)
            if not set(rule["conditions"]["scopes"]["include"]) <= known:
                yield f"rule {rule['name']} {GONE}: {rule['conditions']['scopes']}"
    for claim in store.rows("claims"):
        known = {row["name"] for row in store.rows("scopes", _server=claim["_server"])}
        if not set(claim["conditions"]["scopes"]) <= known:
            yield f"claim {claim['name']} {GONE}: {claim['conditions']}"
    for user in store.rows("users"):
        yield from missing(user, user["_groups"], store, "groups")


def lifetimes(store: Store) -> Iterator[str]:
    """Access ≤ window ≤ lifetime, where 0 is without end."""
    for rule in store.rows("rules"):
        token = rule["actions"]["token"]
        access, window = token["accessTokenLifetimeMinutes"], token["refreshTokenWindowMinutes"]
        if not 5 <= access <= min(1440, window) or 0 < token["refreshTokenLifetimeMinutes"] < window:
            yield f"lifetimes of rule {rule['name']}: {token}"


CHECKS: tuple[Callable[[Store], Iterator[str]], ...] = (names, built_in, priorities, owners, mentions, lifetimes)


def twice(kind: str, found: Iterable[object]) -> Iterator[str]:
    """What is there more than once."""
    yield from (f"{kind} {name} is there {count} times" for name, count in Counter(found).items() if count > 1)


def missing(row: Row, named: Iterable[str], store: Store, table: str) -> Iterator[str]:
    """What a row names and is not there."""
    yield from (f"{row['id']} {GONE}: {name} of {table}" for name in named if store.get(table, name) is None)
