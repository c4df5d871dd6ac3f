"""
Make an object exactly once, whatever becomes of the cloud's answers.

A creation that was not answered is not simply sent again: the object may exist. It is looked for by its name, and
taken over where it is what was asked for and no older than the request. Source: ours.
"""

from typing import Any

from local_cloud.pulumi.providers.difference import changed_properties
from local_cloud.pulumi.providers.errors import Gone, HalfDone, ProviderError, Unanswered
from local_cloud.pulumi.providers.resource import Candidate, Created, Resource
from local_cloud.pulumi.providers.values import Properties

TRIES = 3
CLOCKS_DIFFER_SECONDS = 300.0


def create(resource: Resource, client: Any, inputs: Properties) -> Created:
    """
    Make the object with all that belongs to it.

    Raises:
        HalfDone: it exists, and a later step failed.
        ProviderError: it does not exist, or the text says what may exist and what to type then.
    """
    try:
        made = _create_once(resource, client, inputs)
    except Unanswered as error:
        raise ProviderError(f"{error}; {remedy(resource, inputs)}") from error
    try:
        resource.complete(client, made.identifier, inputs)
    except (ProviderError, Gone) as error:
        reason = f"{resource.describe(inputs)} was created, and then: {error}"
        raise HalfDone(made.identifier, inputs, reason, made.told) from error
    return made


def remedy(resource: Resource, inputs: Properties) -> str:
    """What to do about an object that may exist without being in the state."""
    option = f'import_="{resource.import_id(inputs, "ID")}"'
    what = resource.describe(inputs)
    return f"{what} may exist all the same: if it does, delete it, or take it over with the resource option {option}"


def _create_once(resource: Resource, client: Any, inputs: Properties) -> Created:
    begun, lost = client.patience.now(), None
    for attempt in range(TRIES):
        refused = None
        try:
            if lost is None or not lost.pending:
                made = resource.create(client, inputs)
                return made if isinstance(made, Created) else Created(made)
        except Unanswered as error:
            lost = error
        except (ProviderError, Gone) as error:
            if lost is None:
                raise
            refused = error
        goes_on = refused is not None or client.patience.back_off(attempt)
        found = look_for(resource, client, inputs, begun)
        if found is not None:
            return _recalled(resource, client, found)
        if refused is not None:
            raise refused
        if not goes_on:
            break
    raise lost or Unanswered("not created")


def _recalled(resource: Resource, client: Any, identifier: str) -> Created:
    try:
        return Created(identifier, resource.recall(client, identifier))
    except (ProviderError, Gone):
        return Created(identifier)


def look_for(resource: Resource, client: Any, inputs: Properties, begun: float) -> str | None:
    """
    The identifier of the object that an unanswered request made; None where there is none.

    Raises:
        Unanswered: the cloud does not say, or several objects might be it.
    """
    try:
        candidates = [one for one in resource.find(client, inputs) if _young(one, begun)]
        found = [one.identifier for one in candidates if _as_wished(resource, client, one, inputs)]
    except Gone:
        return None
    except ProviderError as error:
        raise Unanswered(f"the answer was lost, and the object cannot be looked for: {error}") from error
    if len(found) > 1:
        raise Unanswered(f"the answer was lost, and {len(found)} objects are alike: {', '.join(sorted(found))}")
    return found[0] if found else None


def _young(candidate: Candidate, begun: float) -> bool:
    return candidate.created is None or candidate.created >= begun - CLOCKS_DIFFER_SECONDS


def _as_wished(resource: Resource, client: Any, candidate: Candidate, inputs: Properties) -> bool:
    try:
        state = resource.state(client, candidate.identifier, inputs)
    except Gone:
        return False
    schema = {name: spec for name, spec in resource.schema.items() if name not in resource.later}
    return not changed_properties(schema, state, inputs, inputs)
