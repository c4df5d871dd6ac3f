"""Configuration files, read without the engine."""

from pathlib import Path

import pytest

from environments.config import on_local_cloud, stack_config
from environments.errors import WrongSettings
from tests.requirements import requirement


@requirement("environments:branch-config")
def test_a_branch_is_where_its_base_is(tmp_path: Path) -> None:
    """On the local cloud: `local`, and every stack whose branchOf is `local` (design, stack config)."""
    (tmp_path / "Pulumi.x-1.yaml").write_text(
        "config:\n  mcp-okta:branchOf: local\n  okta:apiToken:\n    secure: v1:abc\n"
    )
    (tmp_path / "Pulumi.y-2.yaml").write_text("config:\n  mcp-okta:branchOf: dev\n")

    assert [on_local_cloud(tmp_path, stack) for stack in ("local", "x-1", "y-2", "dev")] == [True, True, False, False]
    assert on_local_cloud(tmp_path, "new-3", "local")
    assert stack_config(tmp_path, "x-1") == {"mcp-okta:branchOf": "local", "okta:apiToken": None}


@requirement("environments:clear-errors")
@pytest.mark.parametrize(
    ("text", "line"),
    [(b"config:\n  a: [\n", 3), (b"a: 1\n\tb: 2\n", 2), (b"- x\n", 1), (b"config: hello\n", 1), (b"a: \xff\n", 1)],
)
def test_a_file_that_is_no_configuration_is_named_with_its_line(tmp_path: Path, text: bytes, line: int) -> None:
    """Not a traceback (issue 3, must show)."""
    (tmp_path / "Pulumi.dev.yaml").write_bytes(text)

    with pytest.raises(WrongSettings) as refused:
        stack_config(tmp_path, "dev")

    assert refused.value.message.startswith(f"Pulumi.dev.yaml, line {line}: ")
    assert str(tmp_path / "Pulumi.dev.yaml") in refused.value.remedy
