"""The repository that a command works on."""

from pathlib import Path

from cli.errors import NoRepository


def find_root(start: Path | None = None) -> Path:
    """
    The nearest folder, from the current one upwards, with a Pulumi.yaml.

    Raises:
        NoRepository: there is none.
    """
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise NoRepository(
        f"neither {begin} nor a folder above it has a Pulumi.yaml", remedy="cd into the mcp-okta repository"
    )
