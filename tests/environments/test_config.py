"""Configuration files, read without the engine."""

from pathlib import Path

from environments.config import on_local_cloud, stack_config
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
