"""Who did what: a step-up, a note, and what the function's log says of both. Source: issue 5 §3, §5, §6."""

import functools
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.errors import ToolFailed
from tests.journeys.adversary import Deployment
from tests.journeys.checkout import Checkout
from tests.journeys.people import Person, add_person, management
from tests.journeys.test_bad_input import wait_until
from tests.requirements import requirement

EDITOR, COLLEAGUE = "editor@example.com", "colleague@example.com"


def audit_lines(texts: list[str]) -> list[dict[str, Any]]:
    """The audit lines among the lines of a log."""
    found = [json.loads(text[text.index("{") :]) for text in texts if '"lambda_server.audit"' in text]
    return [line for line in found if line.get("method") == "tools/call"]


def printed(checkout: Checkout) -> list[dict[str, Any]]:
    """The audit lines that `mcp-okta local logs` shows."""
    return audit_lines(checkout.ok("local", "logs", "function").out.splitlines())


def in_cloudwatch(deployed: Deployment) -> list[dict[str, Any]]:
    """The audit lines that the AWS SDK reads from the function's log group."""
    name = f"/aws/lambda/{deployed.outputs['function_name']}"
    pages = deployed.aws("logs").get_paginator("filter_log_events").paginate(logGroupName=name)
    return audit_lines([event["message"] for page in pages for event in page["events"]])


@requirement("journeys:audit")
def test_the_refusal_and_the_call_after_the_step_up_are_both_in_the_log(signed_out: Checkout) -> None:
    """insufficient_scope with what is missing, then ok; both with the person's uid (issue 5, must show)."""
    deployed = Deployment(signed_out, signed_out.outputs(), signed_out.status()["aws_endpoint_url"])
    me = signed_out.ok("call", "whoami", "--json", as_person=EDITOR).json
    assert me["scopes"].count("mcp:write") == 0
    text = f"seen by nobody {secrets.token_hex(8)}"
    signed_out.ok("call", "add_note", f"text={text}", as_person=EDITOR)

    for read in (lambda: printed(signed_out), lambda: in_cloudwatch(deployed)):
        wait_until(functools.partial(ends_with_both, read), seconds=30)
        refusal, call = read()[-2:]
        assert all("add_note" in line.values() for line in (refusal, call))
        assert refusal["uid"] == call["uid"] == me["user_id"]
        assert "mcp:write" in json.dumps(refusal)
        assert (refusal["status"], call["status"]) == (403, 200)
        assert text not in json.dumps(read())


def ends_with_both(read: Callable[[], list[dict[str, Any]]]) -> bool:
    """Whether the log has come as far as the two; its lines come on a pipe of their own."""
    return [line["outcome"] for line in read()][-2:] == ["insufficient_scope", "ok"]


@requirement("journeys:notes-apart")
def test_an_editor_cannot_reach_the_notes_of_another_by_any_tool(deployed: Checkout, tmp_path: Path) -> None:
    """The key is the token's uid, so a colleague with the same scopes finds nothing (issue 5 §5)."""
    outputs, password = deployed.outputs(), f"Aa1!{secrets.token_hex(8)}"
    with management(deployed) as org:
        user = add_person(org, COLLEAGUE, password, "mcp-editors")
        try:
            check_apart(Person.seeded(outputs, EDITOR, tmp_path), Person(outputs, COLLEAGUE, password, tmp_path))
        finally:
            for _ in range(2):  # the first deactivates
                org.delete(f"/api/v1/users/{user}").raise_for_status()


def check_apart(owner: Person, other: Person) -> None:
    """What one adds, the other neither sees nor changes nor deletes, though they may all of that."""
    note = owner.call("add_note", text="mine", key="apart")
    assert other.call("list_notes")["notes"] == []
    with pytest.raises(ToolFailed, match="you have no note"):
        other.call("update_note", id=note["id"], text="theirs", version=note["version"])
    assert other.call("delete_note", id=note["id"])["deleted"] is False
    assert other.call("add_note", text="theirs", key="apart")["id"] != note["id"]

    kept = [item for item in owner.call("list_notes")["notes"] if item["id"] == note["id"]]
    assert [(item["text"], item["version"]) for item in kept] == [("mine", note["version"])]
