"""Logs on disk stay small."""

from pathlib import Path

from local_cloud.aws.log_file import LogFile
from tests.requirements import requirement


@requirement("aws:log-size")
def test_a_log_is_moved_aside_when_it_is_full(tmp_path: Path) -> None:
    """Two files a log, whatever is written (ours)."""
    log = LogFile(tmp_path / "logs/function-f.log", limit_bytes=100)
    for number in range(40):
        log.write(f"line {number:04d}")
    files = sorted((tmp_path / "logs").iterdir())

    assert [path.name for path in files] == ["function-f.log", "function-f.log.1"]
    assert all(path.stat().st_size <= 120 for path in files)
    assert files[0].read_text().splitlines()[-1] == "line 0039"
    assert files[1].read_text().splitlines()[-1] == f"line {39 - len(files[0].read_text().splitlines()):04d}"


def test_a_log_is_for_its_owner_and_begins_again_when_removed(tmp_path: Path) -> None:
    """What a function prints can be secret; mode 0600 (ours)."""
    log = LogFile(tmp_path / "a.log")
    log.write("one\udc80")
    assert log.path.stat().st_mode & 0o777 == 0o600
    log.path.unlink()
    log.write("two")

    assert log.path.read_text() == "two\n"
