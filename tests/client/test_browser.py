"""client/browser.py: the ways to show a sign-in page."""

import sys
from pathlib import Path

import anyio
import pytest

from client.browser import default_browser, open_browser, print_url
from tests.requirements import requirement

URL = "https://acme.okta.com/oauth2/aus1/v1/authorize?state=s&scope=mcp%3Aread"


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


@pytest.mark.anyio
async def test_the_browser_variable_is_honoured_and_its_noise_kept_off_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Python's webbrowser module: $BROWSER with %s."""
    script = tmp_path / "browser.py"
    script.write_text(
        f"import sys, pathlib; print('noise'); pathlib.Path({str(tmp_path / 'seen')!r}).write_text(sys.argv[1])"
    )
    monkeypatch.setenv("BROWSER", f"{sys.executable} {script} %s")

    with anyio.fail_after(10):
        await open_browser(URL)

    assert (tmp_path / "seen").read_text() == URL
    assert capfd.readouterr().out == ""


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
