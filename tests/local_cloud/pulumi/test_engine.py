"""The real engine runs a small program with our language host and our Okta plugin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_cloud.pulumi.engine import Engine, find_engine, served
from tests.local_cloud.pulumi.stub_okta import StubOkta
from tests.requirements import requirement

FOUND = find_engine()
pytestmark = pytest.mark.skipif(FOUND is None, reason="no Pulumi CLI here; scripts/test brings one")
PROGRAM = """
import pulumi, pulumi_okta as okta
okta.group.Group("team", name="team", description=pulumi.Output.secret("hush-hush"))
app = okta.app.OAuth("app", label="x", type="native", token_endpoint_auth_method="none",
    grant_types=["authorization_code"], response_types=["code"], redirect_uris=["http://127.0.0.1:8765/callback"])
pulumi.export("client_id", app.client_id)
"""
ASSIGN = ("PUT", "/api/v1/apps/app1/policies/pol1")


@pytest.fixture
def org() -> StubOkta:
    """An org that gives its objects telling ids."""
    return StubOkta(ids_of={"/api/v1/groups": "group1", "/api/v1/apps": "app1"})


@pytest.fixture
def engine(tmp_path: Path, org: StubOkta) -> Iterator[Engine]:
    """A new stack."""
    assert FOUND is not None
    with served(org) as url:
        engine = Engine.at(tmp_path, FOUND, url)
        assert engine.run("stack", "init", "dev").code == 0
        yield engine


@requirement("pulumi:host")
@requirement("pulumi:half-created")
@requirement("pulumi:secrets")
def test_a_program_is_deployed_after_a_failure_half_way_and_taken_down(engine: Engine, org: StubOkta) -> None:
    """What exists is in the state, the next `up` mends it, secrets are encrypted, nothing is left (issue 4)."""
    engine.program(PROGRAM)
    org.failing[ASSIGN] = 403
    failed = engine.run("up", "--yes", "--skip-preview")
    half = {resource["type"]: resource for resource in engine.state()}["okta:app/oAuth:OAuth"]
    org.failing.clear()
    org.take()
    done = engine.run("up", "--yes")
    asked = [(method, path) for method, path, _ in org.take()]

    assert failed.code != 0
    assert "the app x was created, and then: PUT http" in failed.out
    assert half["id"] == "app1" and half["initErrors"]
    assert done.code == 0, done.out
    assert ASSIGN in asked and ("POST", "/api/v1/apps?activate=true") not in asked
    assert "from $PATH" not in failed.out + done.out
    text = (engine.root / "state/.pulumi/stacks/tiny/dev.json").read_text()
    assert '"client_id":"app1"' in text and "hush-hush" not in text

    assert engine.run("preview", "--expect-no-changes").code == 0
    assert engine.run("destroy", "--yes", "--skip-preview").code == 0
    assert engine.state() == []
    assert not [path for path in org.objects if path.endswith(("/app1", "/group1"))]


@requirement("pulumi:import")
def test_what_exists_is_taken_over_by_the_option_and_by_the_command(engine: Engine, org: StubOkta) -> None:
    """The option `import_`, which works below components too, and `pulumi import` (Pulumi, import)."""
    for name in ("one", "two"):
        org.objects[f"/api/v1/groups/{name}"] = {"id": name, "profile": {"name": name, "description": "d"}}
    declared = "okta.group.Group('{0}', name='{0}', description='d'{1})\n"
    option = ", opts=pulumi.ResourceOptions(import_='one')"
    engine.program("import pulumi, pulumi_okta as okta\n" + declared.format("one", option))
    up = engine.run("up", "--yes", "--skip-preview")
    done = engine.run("import", "okta:group/group:Group", "two", "two", "--yes", "--generate-code=false")
    engine.program("import pulumi, pulumi_okta as okta\n" + declared.format("one", "") + declared.format("two", ""))
    after = engine.run("preview", "--expect-no-changes")

    assert up.code == done.code == after.code == 0, up.out + done.out + after.out
    assert {resource["id"] for resource in engine.state() if "id" in resource} >= {"one", "two"}


@requirement("pulumi:host")
@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import pulumi\nraise pulumi.RunError('access: say who')\n", "error: access: say who"),
        ("import pulumi\n\nprint(1 // 0)\n", "ZeroDivisionError: integer division or modulo by zero (__main__.py:3"),
        (
            "from pulumi import CustomResource, ResourceOptions as Options\n"
            "CustomResource('okta:user/user:User', 'x', {}, Options(version='7.0.1'))\n",
            "the resource type okta:user/user:User is not emulated here",
        ),
    ],
)
def test_a_failing_program_is_one_clean_message(engine: Engine, program: str, words: str) -> None:
    """No traceback, and the error is said once (issue 3, must show)."""
    engine.program(program)

    done = engine.run("preview")

    assert done.code != 0
    assert words in done.out
    assert "Traceback" not in done.out
