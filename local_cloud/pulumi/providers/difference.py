"""What differs between a resource's state and its new inputs."""

import json
from typing import Any

from local_cloud.pulumi.providers.schema import Property, Schema
from local_cloud.pulumi.providers.values import Properties, digest, is_archive, unknown


def changed_properties(schema: Schema, state: Properties, old: Properties, new: Properties) -> list[str]:
    """
    The inputs that the cloud does not hold as they are now wanted, in the schema's order.

    State is what the cloud answered, so drift that a refresh found shows here too. An input that was taken away is a
    change unless the cloud computes it then; one that was never given is the cloud's own business.
    """
    names = [name for name, spec in schema.items() if spec.settable and name in {*old, *new}]
    return [name for name in names if _changed(schema[name], name, state, old, new)]


def _changed(spec: Property, name: str, state: Properties, old: Properties, new: Properties) -> bool:
    if unknown(new.get(name)):
        return True
    held = (old if spec.prefer_given else state).get(name)
    if name not in new:
        return not spec.computed and normal(spec, held) is not None
    return not same(spec, held, new[name])


def same(spec: Property, held: Any, given: Any) -> bool:
    """Whether the cloud holds what was given."""
    return bool(normal(spec, _as_far_as_given(spec, held, given)) == normal(spec, given))


def _as_far_as_given(spec: Property, held: Any, given: Any) -> Any:
    """What is held, without the computed fields that the program leaves to the cloud; lists item by item."""
    if not spec.fields or not held or not given:
        return held
    if isinstance(held, list) and isinstance(given, list):
        pairs = zip(held, [*given, *[{}] * len(held)], strict=False)
        return [_as_far_as_given(spec, item, other) for item, other in pairs]
    if isinstance(held, dict) and isinstance(given, dict):
        return {n: v for n, v in held.items() if n in given or n not in spec.fields or not spec.fields[n].computed}
    return held


def normal(spec: Property, value: Any) -> Any:
    """
    The value in the form in which two of the same meaning are equal.

    Source: Terraform's SDK, on which the real plugins stand: a zero value and an absent one are the same.
    """
    if not value:
        return None
    if is_archive(value):
        return digest(value)
    if spec.json:
        return json.loads(value)
    if isinstance(value, dict) and spec.fields:
        found = {name: normal(field, value.get(name)) for name, field in spec.fields.items()}
        return {name: item for name, item in found.items() if item is not None} or None
    if isinstance(value, list):
        items = [normal(Property("object", fields=spec.fields), item) for item in value]
        return sorted(items, key=_text) if spec.unordered else items
    return value


def _text(item: Any) -> str:
    return json.dumps(item, sort_keys=True)


def as_inputs(schema: Schema, state: Properties, old: Properties) -> Properties:
    """After a refresh, the inputs that were given, as the cloud holds them now; after an import, all there are."""
    if not old:
        return {n: v for n, v in state.items() if n in schema and schema[n].settable and v not in (None, "", [], {})}
    return {name: _refreshed(schema.get(name), state.get(name), value) for name, value in old.items()}


def _refreshed(spec: Property | None, held: Any, given: Any) -> Any:
    """What the cloud holds, in the program's own form where that means the same."""
    kept = spec is None or spec.prefer_given or same(spec, held, given)
    return given if kept else held
