"""What becomes of a creation that was not answered."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from local_cloud.pulumi.providers import creation
from local_cloud.pulumi.providers.errors import Gone, HalfDone, ProviderError, Unanswered
from local_cloud.pulumi.providers.patience import Patience, backoff_seconds
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import Property
from tests.local_cloud.pulumi.worlds import patience
from tests.requirements import requirement

NOW = 1_000_000.0
Properties = dict[str, Any]


@dataclass
class Cloud:
    """
    A cloud with one collection.

    Args:
        answers: what becomes of each creation: None is an answer; `made`: done, whatever is answered.
    """

    answers: list[Exception | None]
    made: list[bool]
    objects: dict[str, Properties] = field(default_factory=dict)
    created: dict[str, float | None] = field(default_factory=dict)
    asked: int = 0
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.patience = patience(self.waits)
        self.patience.now = lambda: NOW

    def make(self, inputs: Properties) -> str:
        """One creation."""
        answer, done = self.answers[self.asked], self.made[self.asked]
        self.asked += 1
        identifier = f"id{self.asked}"
        if done:
            self.objects[identifier], self.created[identifier] = dict(inputs), NOW
        if answer:
            raise answer
        return identifier

    def read(self, identifier: str) -> Properties:
        """One object."""
        if identifier not in self.objects:
            raise Gone(identifier)
        return self.objects[identifier]

    def find(self, inputs: Properties) -> list[Candidate]:
        """Those of the name."""
        named = (one for one, held in self.objects.items() if held["name"] == inputs["name"])
        return [Candidate(one, self.created.get(one)) for one in named]


def resource(complete: Any = lambda cloud, identifier, inputs: None) -> Resource:
    """Its type."""
    return Resource(
        schema={"name": Property("string"), "size": Property("integer"), "status": Property("string")},
        noun="thing",
        title="name",
        create=Cloud.make,
        complete=complete,
        later=frozenset({"status"}),
        read=lambda cloud, identifier, given: cloud.read(identifier),
        update=lambda *_: None,
        delete=lambda *_: None,
        find=Cloud.find,
        import_form="place/id",
    )


INPUTS = {"name": "a", "size": 1, "status": "new", "place": "here"}
LOST, SLOW, TAKEN = Unanswered("lost"), Unanswered("slow", pending=True), ProviderError("the name is taken")


@requirement("pulumi:faults")
@pytest.mark.parametrize(
    ("answers", "made", "identifier", "asked"),
    [
        ([None], [True], "id1", 1),
        ([LOST], [True], "id1", 1),
        ([SLOW], [True], "id1", 1),
        ([LOST, None], [False, True], "id2", 2),
        ([LOST, LOST], [False, True], "id2", 2),
        ([LOST, LOST, None], [False, False, True], "id3", 3),
    ],
)
def test_it_exists_once(answers: list[Exception | None], made: list[bool], identifier: str, asked: int) -> None:
    """Found again where it was made, made again where it was not (ours)."""
    cloud = Cloud(answers, made)

    assert creation.create(resource(), cloud, INPUTS).identifier == identifier
    assert (list(cloud.objects), cloud.asked) == ([identifier], asked)


@requirement("pulumi:faults")
def test_one_that_appears_between_two_requests_is_found_after_the_refusal() -> None:
    """The second request is refused because the first was done late (ours)."""
    cloud = Cloud([LOST, TAKEN], [False, True])

    assert creation.create(resource(), cloud, INPUTS).identifier == "id2"


@requirement("pulumi:faults")
@pytest.mark.parametrize(
    ("held", "created"),
    [({"name": "a", "size": 1}, NOW - 3600), ({"name": "a", "size": 2}, NOW), ({"name": "a", "size": 2}, None)],
    ids=["older than the request", "another one", "another one of unknown age"],
)
def test_somebody_else_s_object_of_the_same_name_is_not_taken_over(held: Properties, created: float | None) -> None:
    """Its deletion would be somebody else's loss: the cloud's refusal is told instead (ours)."""
    cloud = Cloud([LOST, TAKEN], [False, False], {"theirs": held}, {"theirs": created})

    with pytest.raises(ProviderError, match=r"^the name is taken$"):
        creation.create(resource(), cloud, INPUTS)
    assert list(cloud.objects) == ["theirs"]


@requirement("pulumi:faults")
def test_two_that_are_alike_are_both_named() -> None:
    """None of them is taken over (ours)."""
    alike = {"name": "a", "size": 1}
    cloud = Cloud([LOST], [False], {"x": alike, "y": alike}, {"x": None, "y": None})

    with pytest.raises(ProviderError, match=r"2 objects are alike: x, y; the thing a may exist all the same"):
        creation.create(resource(), cloud, INPUTS)


@requirement("pulumi:faults")
@pytest.mark.parametrize(("answers", "asked"), [([LOST] * 3, 3), ([SLOW], 1)], ids=["lost", "slow"])
def test_one_of_which_nobody_knows_is_told_with_what_to_do(answers: list[Exception | None], asked: int) -> None:
    """What, where to look, and the option with the parts that are known; a slow one is not asked for twice (ours)."""
    cloud = Cloud(answers, [False] * 3)
    words = r'the thing a may exist all the same: if it does, delete it, or .* option import_="here/ID"$'

    with pytest.raises(ProviderError, match=words):
        creation.create(resource(), cloud, INPUTS)
    assert cloud.asked == asked
    assert cloud.waits == [backoff_seconds(attempt) for attempt in range(3)]


@requirement("pulumi:half-created")
@pytest.mark.parametrize("failure", [ProviderError("no"), Unanswered("no"), Gone("no")])
def test_a_later_step_that_fails_leaves_the_object_in_the_state(failure: Exception) -> None:
    """With the id and both sentences (Pulumi, ErrorResourceInitFailed)."""

    def fail(cloud: Cloud, identifier: str, inputs: Properties) -> None:
        raise failure

    with pytest.raises(HalfDone, match="the thing a was created, and then: no") as half:
        creation.create(resource(fail), Cloud([None], [True]), INPUTS)
    assert half.value.identifier == "id1"


@requirement("pulumi:retries")
def test_waits_double_and_differ_from_call_to_call() -> None:
    """Between half of the time and all of it, so that calls that failed together come back apart (issue 4)."""
    waits: list[float] = []
    for chance in (0.0, 0.5, 1.0):
        one = Patience(wait=lambda seconds: waits.append(seconds) is not None, chance=lambda chance=chance: chance)
        one.back_off(0)
        one.back_off(3)

    assert waits == [0.125, 1.0, 0.1875, 1.5, 0.25, 2.0]
