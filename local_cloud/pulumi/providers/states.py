"""States that are not simply what a read answered: of previews, of creations and updates that failed half-way."""

import contextlib
from typing import Any

from local_cloud.pulumi.providers.errors import Gone, HalfDone, ProviderError
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import secrets_of
from local_cloud.pulumi.providers.values import UNKNOWN, Properties


def expected(resource: Resource, state: Properties, inputs: Properties) -> Properties:
    """What a preview can say: outputs that nobody knows yet are unknown before the creation."""
    pending = {} if state else {n: UNKNOWN for n, s in resource.schema.items() if not s.settable or s.computed}
    return {**pending, **state, **inputs}


def is_whole(resource: Resource, state: Properties) -> bool:
    """Whether the cloud was ever read: a creation may have failed so early that the state is what was wished."""
    return all(name in state for name, spec in resource.schema.items() if spec.output)


def as_it_is(resource: Resource, client: Any, half: HalfDone) -> HalfDone:
    """The half-made object with what the cloud holds of it, so that the next update sees what is missing."""
    half.secrets = secrets_of(resource.schema)
    with contextlib.suppress(ProviderError, Gone):
        half.properties = resource.state(client, half.identifier, half.properties)
    return half


def half_updated(
    resource: Resource, client: Any, identifier: str, state: Properties, new: Properties, error: Exception
) -> Exception:
    """The object as the failed update left it; the error alone where that cannot be read."""
    half = HalfDone(identifier, new, str(error))
    half.secrets = secrets_of(resource.schema)
    try:
        half.properties = resource.state(client, identifier, {**state, **new})
    except (ProviderError, Gone):
        return error
    return half
