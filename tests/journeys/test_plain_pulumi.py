"""Plain `pulumi` in the repository root, after `eval "$(mcp-okta local env)"`."""

import json

from tests.journeys.checkout import Checkout, Done
from tests.requirements import requirement


def pulumi(checkout: Checkout, *commands: str) -> Done:
    """Run these commands in one shell that has evaluated `local env`."""
    script = "\n".join(["set -e", f'eval "$({checkout.root}/.venv/bin/mcp-okta local env)"', *commands])
    return checkout.shell(["sh", "-c", script], timeout=180)


@requirement("journeys:plain-pulumi")
def test_preview_up_output_and_destroy_work_with_nothing_else(fresh: Checkout) -> None:
    """The same program, engine and state as the commands' (issue 3, §7)."""
    fresh.ok("local", "up")
    up = pulumi(fresh, "pulumi preview", "pulumi up --yes")
    assert up.code == 0, up.out + up.err
    assert "$PATH" not in up.out + up.err

    outputs = json.loads(pulumi(fresh, "pulumi stack output --json").out)
    assert outputs == fresh.outputs()
    assert fresh.ok("call", "whoami", "--json", as_person="reader@example.com").json["subject"] == "reader@example.com"

    destroyed = pulumi(fresh, "pulumi destroy --yes")
    assert destroyed.code == 0, destroyed.out + destroyed.err
    again = pulumi(fresh, "pulumi up --yes", "pulumi destroy --yes")
    assert again.code == 0, again.out + again.err
