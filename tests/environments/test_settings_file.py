"""What stays of a stack's configuration file when the stack goes."""

from pathlib import Path

import pytest

from environments.settings_file import persons_own
from tests.requirements import requirement

SALT = "encryptionsalt: v1:abc=:v1:def:ghi==\n"
WRITTEN = """# ours to keep
config:
  mcp-okta:access: '{"mcp-users": ["mcp:read"]}' # who
  aws:region: eu-central-1
"""


def kept(folder: Path, text: str) -> tuple[str, list[str]]:
    """What is kept of a file with that text."""
    path = folder / "Pulumi.dev.yaml"
    path.write_text(text)
    return persons_own(path)


@requirement("environments:own-settings")
def test_what_a_person_wrote_stays_to_the_letter(tmp_path: Path) -> None:
    """Comments too; the id and the salt are the stack's, and go with it (ours)."""
    whole = SALT + WRITTEN.replace("config:\n", 'config:\n  mcp-okta:stackId: "0a1b2c3d"\n')

    assert kept(tmp_path, whole) == (WRITTEN, ["mcp-okta:access", "aws:region"])
    assert kept(tmp_path, WRITTEN)[0] == WRITTEN


@requirement("environments:own-settings")
@pytest.mark.parametrize(
    "text",
    ["", SALT, "config:\n  mcp-okta:stackId: 0a1b2c3d\n", f"{SALT}config:\n  aws:region: x\n  mcp-okta:stackId: a\n"],
)
def test_what_the_product_wrote_goes(tmp_path: Path, text: str) -> None:
    """`down` leaves no trace of itself (issue 3, must show)."""
    assert kept(tmp_path, text) == ("", [])
    assert persons_own(tmp_path / "absent") == ("", [])


@requirement("environments:own-settings")
def test_a_file_with_secrets_is_kept_whole(tmp_path: Path) -> None:
    """They are readable with its salt only (Pulumi, secrets)."""
    text = f"{SALT}config:\n  mcp-okta:stackId: a\n  okta:apiToken:\n    secure: v1:abc\n"

    assert kept(tmp_path, text) == (text, ["okta:apiToken"])
