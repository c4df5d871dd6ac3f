"""Which rounds there are: every step of a clean `up`, `change` and `down`, with every kind of fault."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.journeys.faults.fault import CALL_KINDS, Fault
from tests.journeys.faults.ground import Ground
from tests.journeys.faults.rounds import Round

# After these the object is as it was, or its command begins with it again: one can follow the other. What a dead
# engine had begun is looked at before the next run, so that the order matters: what was done comes last.
REPEATABLE = ("refused", "plugin-killed-before", "engine-killed-before", "hung")
DONE = ("lost", "plugin-killed-after", "engine-killed-after")
ONCE_ONLY = tuple(kind for kind in CALL_KINDS if kind not in (*REPEATABLE, *DONE))
# Calls that change nothing in the clouds: there is no difference between before and after.
LOOKS = ("Handshake", "CheckConfig", "Configure", "Invoke", "Check", "Diff", "Read")
LOOK_KINDS = ("refused", "plugin-killed-before", "engine-killed-before")
# What is mended in another way than by the same command again.
DOWN_AT_ONCE = ("lost", "plugin-killed-after", "engine-killed-after", "hung")
UP_AGAIN = ("lost", "engine-killed-after")
ON_THE_WAY = ("500", "429", "slow", "dropped-before", "dropped-after")
CHAIN_LENGTH = 8


@dataclass(frozen=True)
class Clean:
    """A command in which nothing failed: the calls of the plugins, and the requests that change something."""

    command: str
    calls: Sequence[str]
    requests: Sequence[str]

    def writes(self) -> list[str]:
        """The calls that change something, always in the same order."""
        method = {"up": "Create", "change": "Update", "down": "Delete"}[self.command]
        return sorted(call for call in self.calls if call.startswith(method + " "))

    def faults(self, steps: Iterable[str], kinds: Iterable[str]) -> list[Fault]:
        """Each kind at each step."""
        return [Fault(self.command, step, kind) for step in steps for kind in kinds]

    def write(self, step: str) -> list[str]:
        """The first request of the step that changes something."""
        return [request for request in self.requests if request.startswith(f"{step} #")][:1]


def clean_run(site: Ground) -> Mapping[str, Clean]:
    """Each command once, where nothing fails."""
    found = {}
    for command in ("up", "change", "down"):
        if command == "change":
            site.configure()
        site.plan.set(None, site.root)
        site.checkout.ok("down" if command == "down" else "up", **site.proxies)
        lines = (line.rpartition(" ") for line in site.plan.noted("requests"))
        requests = [step for step, _, method in lines if step and method != "GET"]
        found[command] = Clean(command, site.plan.noted("calls"), requests)
    return found


def one_of_each_type(steps: Iterable[str]) -> list[str]:
    """The first step of each type of resource: `Create TYPE NAME`."""
    return list({tuple(step.split(" ")[:2]): step for step in reversed(list(steps))}.values())[::-1]


def rounds_of(clean: Mapping[str, Clean]) -> list[Round]:
    """All rounds; each has the same number as long as the program declares the same."""
    up, change, down = clean["up"], clean["change"], clean["down"]
    return [
        *mended_by_itself(up, down),
        *(Round(("up", *chain(change, step), "change", "down")) for step in change.writes()),
        *(
            Round(("up", fault, "change", "down"))
            for fault in change.faults(one_of_each_type(change.writes()), ONCE_ONLY)
        ),
        *(Round((*some, "up", "down")) for some in chunks(up.faults(looks(up), LOOK_KINDS))),
        *(Round(("up", *some, "down")) for some in chunks(down.faults(looks(down), LOOK_KINDS))),
        *(Round((fault, "down")) for fault in up.faults(one_of_each_type(up.writes()), DOWN_AT_ONCE)),
        *(Round(("up", fault, "up", "down")) for fault in down.faults(one_of_each_type(down.writes()), UP_AGAIN)),
        *on_the_way(up, down),
    ]


def mended_by_itself(up: Clean, down: Clean) -> Iterator[Round]:
    """A fault of `up` is mended by `up`, one of `down` by `down`; two of a type differ in their order at most."""
    alone = one_of_each_type(up.writes())
    for number, step in enumerate(up.writes()):
        gone = step.replace("Create", "Delete", 1)
        yield Round((*chain(up, step), "up", *chain(down, gone), "down"), calls=number % 6 == 0)
        kinds = ONCE_ONLY if step in alone else ()
        for made, deleted in zip(up.faults([step], kinds), down.faults([gone], kinds), strict=True):
            yield Round((made, "up", deleted, "down"))


def chain(clean: Clean, step: str) -> list[Fault]:
    """One fault after the other at the same step."""
    lasting = clean.faults(clean.write(step), ["500-for-ever"])
    return [*clean.faults([step], REPEATABLE), *lasting, *clean.faults([step], DONE)]


def looks(clean: Clean) -> list[str]:
    """One call of each kind and type that changes nothing."""
    return one_of_each_type(sorted(call for call in clean.calls if call.split(" ")[0] in LOOKS))


def on_the_way(up: Clean, down: Clean) -> Iterator[Round]:
    """Faults of single requests, which the plugins mostly mend themselves."""
    for made, deleted in zip_all(request_faults(up), request_faults(down)):
        yield Round((*made, "up", *deleted, "down"))


def request_faults(clean: Clean) -> list[Fault]:
    """Each kind at the request of one of each type; the plugins' own tests have every request."""
    some = [request for step in one_of_each_type(clean.writes()) for request in clean.write(step)]
    return clean.faults(some, ON_THE_WAY)


def chunks(faults: Sequence[Fault]) -> Iterator[Sequence[Fault]]:
    """As many as one round can take."""
    return (faults[start : start + CHAIN_LENGTH] for start in range(0, len(faults), CHAIN_LENGTH))


def zip_all(one: Sequence[Fault], two: Sequence[Fault]) -> Iterator[tuple[Sequence[Fault], Sequence[Fault]]]:
    """Pairs, where the shorter one has nothing at its end."""
    for index in range(max(len(one), len(two))):
        yield one[index : index + 1], two[index : index + 1]
