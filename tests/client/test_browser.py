"""client/browser.py and client/handover.py: the ways to show a sign-in page."""

import html
import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import anyio
import pytest

from client.browser import default_browser, open_browser, print_url
from client.handover import PREFIX, base_folder, hand_over
from tests.requirements import requirement

URL = "https://acme.okta.com/oauth2/aus1/v1/authorize?state=s&scope=mcp%3Aread"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, so that nothing is left in the real one."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@requirement("client:no-browser")
def test_nobody_is_asked_where_nobody_can_be() -> None:
    """No terminal and no $BROWSER: exit code 3 instead of a wait that nobody sees."""
    assert default_browser({}, attended=False) is None
    assert default_browser({}, attended=True) is open_browser
    assert default_browser({"BROWSER": "firefox"}, attended=False) is open_browser


@pytest.mark.anyio
async def test_the_address_stands_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """`--no-browser`: scripts and people can take it from stderr; stdout stays empty."""
    await print_url(URL)
    output = capsys.readouterr()

    assert URL in output.err.splitlines()
    assert output.out == ""


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What a talkative command in $BROWSER was called with."""
    script = tmp_path / "browser.py"
    script.write_text(
        f"import sys, pathlib; print('noise'); pathlib.Path({str(tmp_path / 'seen')!r}).write_text(sys.argv[1])"
    )
    monkeypatch.setenv("BROWSER", f"{sys.executable} {shlex.quote(str(script))} %s")
    return (tmp_path / "seen").read_text


def read_page(address: str) -> tuple[str, tuple[int, int]]:
    """The text at a file's address, and who may read the file and its folder."""
    page = Path(unquote(urlsplit(address).path))
    return page.read_text(), (page.stat().st_mode & 0o777, page.parent.stat().st_mode & 0o777)


def left_in(home: Path) -> list[Path]:
    """What a sign-in left behind."""
    return [path for path in home.rglob("*") if path.is_file() or path.name.startswith(PREFIX)]


def led_to(page: str) -> tuple[str, str]:
    """Where a page leads by itself, and where its link does."""
    [refresh] = re.findall(r'<meta http-equiv="refresh" content="0;url=([^"]*)">', page)
    [link] = re.findall(r'href="([^"]*)"', page)
    return html.unescape(refresh), html.unescape(link)


@requirement("client:private-address")
@pytest.mark.anyio
async def test_the_address_is_handed_over_in_a_file_of_the_persons_own(
    seen: Callable[[], str], home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """CWE-214: on a command line, another person could read it, sign in, and be whom our client is signed in as."""
    with anyio.fail_after(10):
        over = await open_browser(URL)

    assert urlsplit(seen()).scheme == "file" and "state" not in urlsplit(seen()).query
    text, modes = read_page(seen())
    assert led_to(text) == (URL, URL)
    assert modes == (0o600, 0o700)
    assert capfd.readouterr().out == ""
    assert over is not None
    over()
    assert left_in(home) == []


@requirement("client:private-address")
@pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # it may outlive us
@pytest.mark.anyio
async def test_a_browser_that_is_given_up_leaves_no_file(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some commands return only when their window is closed, and the sign-in ends before."""
    script = tmp_path / "window.py"
    script.write_text("import os, sys, time\nwhile os.path.exists(sys.argv[1][7:]): time.sleep(0.01)")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {shlex.quote(str(script))} %s")
    with anyio.move_on_after(1) as given_up:
        await open_browser(URL)

    assert given_up.cancelled_caught
    assert left_in(home) == []


@requirement("client:private-address")
def test_the_page_runs_nothing_and_tells_nobody_where_it_was(tmp_path: Path) -> None:
    """No script, no referrer, and an address can neither leave its attribute nor add to the page."""
    page = hand_over('https://acme.okta.com/authorize?state="><script>&scope=a', tmp_path)
    text = page.read_text()

    assert "<script>" not in text and 'name="referrer" content="no-referrer"' in text
    assert "default-src 'none'" in text
    assert led_to(text)[0] == 'https://acme.okta.com/authorize?state="><script>&scope=a'


def test_what_a_killed_sign_in_left_is_removed_by_a_later_one(tmp_path: Path) -> None:
    """Only what is ours and old: another sign-in may be under way, and a folder may be somebody's own."""
    killed, under_way, foreign = (hand_over(URL, tmp_path) for _ in range(3))
    (foreign.parent / "mine.txt").write_text("mine")
    for page in (killed, foreign):
        os.utime(page.parent, (1, 1))
    later = hand_over(URL, tmp_path)

    assert not killed.parent.exists()
    assert under_way.exists() and later.exists() and (foreign.parent / "mine.txt").exists()


def test_a_browser_in_a_snap_finds_the_file(tmp_path: Path, home: Path) -> None:
    """A snap sees neither hidden folders nor /tmp of the system (snapcraft, home interface; jupyter/notebook#4500)."""
    (tmp_path / "snaps").mkdir()
    state = home / ".local/state/mcp-okta"

    assert base_folder({}, home, [tmp_path / "snaps"]) == home
    assert base_folder({}, home, [tmp_path / "absent"]) == state
    assert base_folder({"XDG_STATE_HOME": "/elsewhere"}, home, []) == Path("/elsewhere/mcp-okta")


@requirement("client:private-address")
@pytest.mark.anyio
async def test_where_no_file_can_be_written_the_address_is_only_printed(
    seen: Callable[[], str], home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Never on a command line, not even then."""
    monkeypatch.setenv("HOME", os.devnull)

    with anyio.fail_after(10):
        assert await open_browser(URL) is None

    assert URL in capfd.readouterr().err.splitlines()
    with pytest.raises(FileNotFoundError):
        seen()


@pytest.mark.anyio
async def test_without_a_working_browser_the_address_is_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A machine without a desktop still signs in."""
    monkeypatch.setenv("BROWSER", "/does/not/exist %s")
    monkeypatch.setenv("PATH", "/does/not/exist")
    monkeypatch.delenv("DISPLAY", raising=False)

    with anyio.fail_after(10):
        await open_browser(URL)

    assert URL in capfd.readouterr().err.splitlines()
