"""Unit tests for the unpacked code. How functions run in it: test_functions.py."""

import os
import stat
from pathlib import Path

from local_cloud.aws.lambda_runtime.code import remove_tree
from tests.local_cloud.aws.account import Account
from tests.local_cloud.aws.test_functions import invoke
from tests.requirements import requirement

WRITES = """
import os
def handler(event, context):
    try:
        open(os.environ["LAMBDA_TASK_ROOT"] + "/left", "w").close()
    except OSError as error:
        return error.strerror
"""


@requirement("aws:read-only")
def test_nobody_may_write_where_the_code_is(account: Account) -> None:
    """Neither file nor folder has a write bit, at any depth (AWS Lambda, execution environment)."""
    account.create_function(WRITES)
    answer = invoke(account)
    unpacked = [*(account.root / ".local/functions").glob("f-*/*")]
    paths = [*unpacked, *(path for root in unpacked for path in root.rglob("*"))]

    assert len(paths) >= 2
    assert [path for path in paths if path.name != "left" and stat.S_IMODE(path.stat().st_mode) & 0o222] == []
    assert answer == (None if os.geteuid() == 0 else "Permission denied")


@requirement("aws:read-only")
def test_what_nobody_may_write_to_can_be_removed(tmp_path: Path) -> None:
    """Also by a user who is not root, and nothing outside is touched (ours)."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "a/b").mkdir(parents=True)
    outside.mkdir()
    (root / "a/b/file").touch()
    (root / "a/link").symlink_to(outside)
    outside.chmod(0o555)
    for path in (root / "a/b/file", root / "a/b", root / "a", root):
        path.chmod(0o555)
    remove_tree(root)
    remove_tree(root)

    assert not root.exists()
    assert stat.S_IMODE(outside.stat().st_mode) == 0o555
