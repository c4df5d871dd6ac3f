"""Engine events become progress."""

from typing import Any

from pulumi.automation.events import EngineEvent

from environments.progress import Listener, Note, Progress, Step, Sum
from tests.requirements import requirement

URN = "urn:pulumi:dev::mcp-okta::mcp-okta:infra:McpFunction$aws:lambda/function:Function::function"


def event(name: str, **content: Any) -> EngineEvent:
    """An event as the engine's log has it."""
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, name: content})


def step(urn: str, kind: str, parent: str = "above") -> dict[str, Any]:
    """The metadata of a step."""
    return {
        "op": "create",
        "urn": urn,
        "type": kind,
        "provider": "",
        "new": {"type": kind, "urn": urn, "parent": parent},
    }


@requirement("environments:progress")
def test_a_resource_begins_and_ends_with_its_parent_and_its_name() -> None:
    """What the tree is drawn from (issue 3 §6)."""
    seen: list[Progress] = []
    listen = Listener(seen.append)
    listen(event("resourcePreEvent", metadata=step(URN, "aws:lambda/function:Function")))
    listen(event("resOutputsEvent", metadata=step(URN, "aws:lambda/function:Function")))
    listen(event("summaryEvent", resourceChanges={"create": 1}))

    begun, ended, total = seen
    assert isinstance(begun, Step) and isinstance(ended, Step)
    assert (begun.state, begun.kind, begun.name, begun.parent) == ("running", "aws Function", "function", "above")
    assert (ended.state, ended.operation) == ("done", "create")
    assert total == Sum({"create": 1})


def test_the_engines_own_resources_are_not_shown() -> None:
    """The stack and the connections to the clouds are no objects of a person (ours)."""
    seen: list[Progress] = []
    for kind in ("pulumi:pulumi:Stack", "pulumi:providers:aws"):
        Listener(seen.append)(event("resourcePreEvent", metadata=step(f"urn:pulumi:dev::p::{kind}::x", kind)))

    assert seen == []


def test_complaints_are_kept_without_colours_and_told_once() -> None:
    """Errors wait for the one message at the end; warnings are told at once (issue 3)."""
    seen: list[Progress] = []
    listen = Listener(seen.append)
    for _ in range(2):
        listen(event("diagnosticEvent", message="<{%fg 1%}>no<{%reset%}>\n", color="never", severity="error"))
    listen(event("diagnosticEvent", message="look out", color="never", severity="warning"))

    assert listen.errors == ["no"]
    assert seen == [Note("look out", "warning")]


@requirement("environments:named-failure")
def test_a_complaint_about_a_resource_names_it() -> None:
    """A plugin's words need not say which object they are about (seen in fault runs)."""
    listen = Listener(lambda progress: None)
    for urn in (URN, "", "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev"):
        listen(event("diagnosticEvent", message="no", color="never", severity="error", urn=urn))

    assert listen.errors == ["aws Function function: no", "no"]


@requirement("environments:named-failure")
def test_a_complaint_about_a_connection_names_its_plugin() -> None:
    """Credentials that a plugin refuses are about no object of the program's (seen in fault runs)."""
    listen, urn = Listener(lambda progress: None), "urn:pulumi:dev::p::pulumi:providers:aws::default_7_51_1"
    listen(event("diagnosticEvent", message="no credentials", color="never", severity="error", urn=urn))

    assert listen.errors == ["the plugin aws: no credentials"]


@requirement("environments:lost-answer")
def test_a_creation_that_failed_is_kept_as_the_state_keeps_one_that_is_pending() -> None:
    """It may have been done: recovery looks for it by type and name (pulumi, apitype.OperationV2)."""
    listen = Listener(lambda progress: None)
    made = step(URN, "aws:lambda/function:Function")
    made["new"]["inputs"] = {"name": "mcp-okta-dev"}
    listen(event("resOpFailedEvent", metadata=made, status=1, steps=1))
    listen(event("resOpFailedEvent", metadata=made | {"op": "delete"}, status=1, steps=1))

    resource = {"type": "aws:lambda/function:Function", "urn": URN, "inputs": {"name": "mcp-okta-dev"}}
    assert listen.failed_creations == [{"type": "creating", "resource": resource}]
