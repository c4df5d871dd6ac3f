"""The engine's words become one message and one remedy."""

from pathlib import Path

import pytest

from environments.errors import (
    EngineFailed,
    EnvironmentsError,
    StackLocked,
    StackMissing,
    Unreachable,
    WrongPassphrase,
)
from environments.failures import Place, explain
from environments.run import named_as_typed
from tests.requirements import requirement

PLACE = Place(Path("/repo"), "dev")
PASSPHRASE = "error: getting stack configuration: get stack secrets manager: incorrect passphrase"
LOCKED = "error: the stack is currently locked by 1 lock(s).\n  file:///x: created by a@b (pid 7) at 2026-01-01"


@requirement("environments:clear-errors")
@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (PASSPHRASE, WrongPassphrase, "PULUMI_CONFIG_PASSPHRASE"),
        (LOCKED, StackLocked, "pulumi cancel --yes --stack dev"),
        ("error: no stack named 'dev' found", StackMissing, "mcp-okta up --stack dev"),
        ("error: no resource plugin 'pulumi-resource-okta' found", EngineFailed, "pulumi install"),
        (
            "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive sessions",
            EngineFailed,
            "pulumi login",
        ),
    ],
)
def test_each_wrong_turn_has_its_own_remedy(text: str, kind: type[EnvironmentsError], words: str) -> None:
    """Recorded from Pulumi 3.259.0 (issue 3, must show)."""
    error = explain(text, [], PLACE)

    assert type(error) is kind
    assert words in f"{error.message} {error.remedy}"
    assert error.exit_code == 1


def test_the_programs_own_error_keeps_its_words_and_its_remedy() -> None:
    """`infra` ends its messages with `→ remedy` (infra/errors.py); the engine's echoes are dropped."""
    said = "the configuration cannot be used:\n  - memory: 'lots'\n  → pulumi config set memory 1024"
    error = explain("", [said, "update failed"], PLACE)

    assert error.message == "the configuration cannot be used:\n  - memory: 'lots'"
    assert error.remedy == "pulumi config set memory 1024"


def test_an_address_that_does_not_answer_is_unreachable() -> None:
    """The message keeps the address (issue 3, must show)."""
    error = explain("", ["Okta cannot be reached at http://127.0.0.1:9: Connection refused"], PLACE)

    assert type(error) is Unreachable
    assert "127.0.0.1:9" in error.message


@requirement("environments:clear-errors")
def test_a_conflict_leads_to_the_owner_or_another_name() -> None:
    """The object may be a colleague's, whose stack has the same name: `down` is no advice (ours)."""
    error = explain("", ["creating Role (mcp-okta-dev): EntityAlreadyExists"], PLACE)

    assert "mcp-okta down" not in error.remedy
    assert "mcp-okta up --stack NAME" in error.remedy


@requirement("environments:clear-errors")
@pytest.mark.parametrize(
    "said",
    [
        "aws Route r: ConflictException: Unable to complete operation due to concurrent modification. "
        "Please try again later.",
        "aws Function f: ResourceConflictException: The operation cannot be performed at this time. "
        "An update is in progress for resource",
        "aws Table table: ResourceInUseException: Table is being deleted: mcp-okta-x",
    ],
)
def test_what_is_only_busy_is_run_again_and_nobodys_object(said: str) -> None:
    """The same exceptions mean two things; the sentence tells (AWS, API Gateway, Lambda, DynamoDB)."""
    error = explain("", [said], PLACE)

    assert error.message == said
    assert error.remedy == "wait a moment, then run it again: mcp-okta up --stack dev"


@requirement("environments:clear-errors")
@pytest.mark.parametrize(
    "said",
    ["Lambda: ResourceConflictException: Function already exist: mcp-okta-dev", "E0000001 name: already in use"],
)
def test_what_is_there_already_is_called_that(said: str) -> None:
    """As AWS and Okta spell it (AWS, Lambda, CreateFunction; Okta)."""
    assert "is there already" in explain("", [said], PLACE).message


@requirement("environments:clear-errors")
def test_an_org_without_api_access_management_is_called_that() -> None:
    """Authorization servers are a product of their own (Okta, error E0000015)."""
    said = (
        "okta Server server: failed to create authorization server: the API returned an error: "
        "You do not have permission to access the feature you are requesting"
    )
    error = explain("", [said], PLACE)

    assert "API Access Management" in error.message and "okta Server server" in error.message
    assert error.remedy.startswith("ask the Okta administrator")


@requirement("environments:clear-errors")
def test_a_real_stacks_passphrase_never_leads_to_deleting_the_local_cloud(tmp_path: Path) -> None:
    """Whether the local cloud was ever up says nothing about the stack (issue 3, must show)."""
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local/passphrase").write_text("x")
    (tmp_path / "Pulumi.x-1.yaml").write_text("config:\n  mcp-okta:branchOf: local\n")
    real = explain(PASSPHRASE, [], Place(tmp_path, "dev"))
    told = f"{real.message} {real.remedy}"

    assert "rm -r" not in told and ".local" not in told
    for place in (Place(tmp_path, "local"), Place(tmp_path, "x-1"), Place(tmp_path, "new-1", base="local")):
        assert "rm -r" in explain(PASSPHRASE, [], place).remedy


@requirement("environments:clear-errors")
def test_a_branchs_remedies_name_the_branch_and_its_configuration_the_base(tmp_path: Path) -> None:
    """What is typed next must reach the same environment (design, commands)."""
    place = Place(tmp_path, "feature-a-1", "up", "dev", " --stack dev --branch feature/a")

    def remedy(said: str) -> str:
        return named_as_typed(EngineFailed("", said), place).remedy

    assert remedy("pulumi config set --stack feature-a-1 memory 512") == "pulumi config set --stack dev memory 512"
    assert remedy("pulumi cancel --yes --stack feature-a-1") == "pulumi cancel --yes --stack feature-a-1"
    assert remedy("mcp-okta up --stack feature-a-1") == "mcp-okta up --stack dev --branch feature/a"
    assert place.again == "mcp-okta up --stack dev --branch feature/a"
    (tmp_path / "Pulumi.feature-a-1.yaml").write_text("")
    assert "--stack feature-a-1" in remedy("pulumi config set --stack feature-a-1 memory 512")


def test_no_traceback_comes_through() -> None:
    """Errors are one message, never a traceback (design, exit codes)."""
    crash = (
        'it failed:\nTraceback (most recent call last):\n  File "a.py", line 1, in <module>\n    x()\nNameError: x\n'
    )

    assert explain("", [crash], PLACE).message == "it failed:\nNameError: x"


@requirement("environments:named-failure")
def test_an_engine_that_was_killed_is_called_that() -> None:
    """Not its exit code and the beginning of its output (seen in fault runs)."""
    error = explain("\n code: -9\n stdout: Updating (dev):\n@ updating....\n stderr:", [], PLACE)

    assert "SIGKILL" in error.message and "stack dev" in error.message and "updating" not in error.message
    assert error.remedy.startswith("mcp-okta up --stack dev")


@requirement("environments:named-failure")
def test_a_plugin_that_died_is_named_with_its_step_and_not_taken_for_a_cloud() -> None:
    """What else it was asked meets a closed port, which is no cloud that does not answer (seen with 3.259.0)."""
    errors = [
        "okta Server server: error reading from server: EOF",
        'okta OAuth app: connection error: desc = "transport: dial tcp 127.0.0.1:38249: connect: connection refused"',
        "Detected that /x/pulumi-resource-okta exited prematurely. \n  This is *always* a bug in the provider.",
    ]
    error = explain("code: 1", errors, PLACE)

    assert type(error) is EngineFailed
    assert error.message == "the plugin okta ended in the middle of its work at okta Server server"
    assert error.remedy == "mcp-okta up --stack dev"


@requirement("environments:named-failure")
def test_a_plugin_that_died_at_a_question_is_named_with_it() -> None:
    """No resource is at fault then (seen in fault runs with 3.259.0)."""
    asked = "okta:group/getGroup:getGroup"
    errors = [
        f"could not be looked up: invoke of {asked} failed: invocation of {asked} returned an error: "
        "error reading from server: EOF\n  → check okta:orgName",
        "Detected that /x/pulumi-resource-okta exited prematurely. \n  This is *always* a bug in the provider.",
    ]
    error = explain("code: 1", errors, PLACE)

    assert error.message == f"the plugin okta ended in the middle of its work at {asked}"
    assert error.remedy == "mcp-okta up --stack dev"


@requirement("environments:named-failure")
@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("the plugin aws: rpc error: code = Unknown desc = no credentials", "the plugin aws: no credentials"),
        (
            "could not be looked up: invoke of okta:group/getGroup:getGroup failed: "
            "invocation of okta:group/getGroup:getGroup returned an error: no such host",
            "could not be looked up: okta:group/getGroup:getGroup: no such host",
        ),
    ],
)
def test_the_engines_wrappings_are_taken_off(said: str, message: str) -> None:
    """How the engine and the plugin talk to each other is nobody's concern (seen in fault runs, Pulumi 3.259.0)."""
    assert explain("", [said], PLACE).message == message


def test_what_a_command_without_events_says_is_not_shown_with_its_exit_code() -> None:
    """`pulumi stack rm` and the like (pulumi.automation.errors.CommandError)."""
    said = "\n code: 1\n stdout: \n stderr: error: 'dev' still has resources; removal rejected.\n"

    assert explain(said, [], PLACE).message == "'dev' still has resources; removal rejected."
