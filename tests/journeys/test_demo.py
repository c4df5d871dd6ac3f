"""`mcp-okta demo`, the product's promise, as a person runs it."""

from tests.journeys.checkout import Checkout
from tests.requirements import requirement


@requirement("journeys:demo")
def test_the_demo_tells_the_whole_story_and_leaves_nothing(fresh: Checkout) -> None:
    """Every promised line is there, and both clouds are as before (issue 3)."""
    done = fresh.ok("demo", "--json", timeout=300)
    facts = {name: value for step in done.json["steps"] for name, value in step["facts"].items()}

    assert facts["left"] == "nothing"
    assert facts["challenge"].startswith("Bearer ")
    assert "mcp:write" not in facts["first token's scp"]
    assert "mcp:write" in facts["second token's scp"]
    assert "mcp:write" in facts["reader@example.com"]
    assert "not assigned" in facts["outsider@example.com"]
    assert facts["a token for another audience"] == "401 invalid_token"
    assert facts["resources created"] == facts["resources deleted"] > 20
    assert facts["status"] == 401
    assert (facts["editor@example.com's notes"], facts["reader@example.com's notes"]) == (1, 0)
    assert facts["audit line of the step-up"]["outcome"] == "insufficient_scope"
    assert facts["audit line of it"]["reason"] == "key_unknown"  # another server has other keys
    assert not fresh.run("local", "status", "--json").json["running"]
