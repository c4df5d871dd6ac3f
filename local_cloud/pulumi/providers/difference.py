"""What differs between a resource's state and its new inputs."""

from local_cloud.pulumi.providers.schema import Schema
from local_cloud.pulumi.providers.values import Properties, same, unknown


def changed_properties(schema: Schema, state: Properties, old: Properties, new: Properties) -> list[str]:
    """
    The inputs that the cloud does not hold as they are now wanted, in the schema's order.

    State is what the cloud answered, so drift that a refresh found shows here too. An input that was taken away is a
    change; one that was never given is the cloud's own business.
    """
    names = [name for name, spec in schema.items() if not spec.output and name in {*old, *new}]
    return [name for name in names if _changed(schema, name, state, old, new)]


def _changed(schema: Schema, name: str, state: Properties, old: Properties, new: Properties) -> bool:
    if name not in new:
        return old.get(name) not in (None, [], {}, "")
    if unknown(new[name]):
        return True
    held = old if schema[name].prefer_given else state
    return not same(_normal(schema, name, held.get(name)), _normal(schema, name, new[name]))


def _normal(schema: Schema, name: str, value: object) -> object:
    if value in (None, [], {}, ""):
        return None
    return sorted(value) if schema[name].unordered and isinstance(value, list) else value


def as_inputs(schema: Schema, state: Properties, old: Properties) -> Properties:
    """
    The inputs after a refresh: those that were given, as the cloud holds them now; after an import, all that can be.
    """
    if not old:
        return {n: v for n, v in state.items() if n in schema and not schema[n].output and v not in (None, [], {}, "")}
    return {n: state.get(n, v) if n in schema and not schema[n].prefer_given else v for n, v in old.items()}
