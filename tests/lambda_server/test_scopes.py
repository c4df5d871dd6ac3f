"""The scopes, shared with the Pulumi program."""

import ast
import sys
import tomllib
from pathlib import Path

import lambda_server
from lambda_server import scopes

ROOT = Path(__file__).parents[2]


def test_the_scopes_are_named_once_each_with_words_for_people() -> None:
    """Okta wants name, display name and description (docs/facts/okta.md §8)."""
    assert scopes.SCOPE_NAMES == ("mcp:read", "mcp:write")
    assert all(scope.title and scope.description for scope in scopes.SCOPES)


def test_the_module_imports_the_standard_library_alone() -> None:
    """The Pulumi program imports it (ADR 0001)."""
    tree = ast.parse(Path(scopes.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    assert imported <= sys.stdlib_module_names


def test_the_server_s_version_is_the_project_s() -> None:
    """The zip holds no package metadata, so the number is written twice (ours)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert lambda_server.__version__ == project["version"]
