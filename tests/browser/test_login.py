"""`mcp-okta login` with a real browser, up to the page of ours that ends it. Slow: it deploys first (about 20 s)."""

import json
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.chromium import find_chromium
from tests.journeys.checkout import REPOSITORY, Checkout, Done, make_checkout
from tests.local_cloud.okta.sign_in import PASSWORDS
from tests.requirements import requirement


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack `local` is up."""
    find_chromium()
    checkout = make_checkout(tmp_path_factory.mktemp("login"))
    try:
        checkout.ok("up", "--yes", timeout=300)
        yield checkout
    finally:
        checkout.run("local", "down")


def sign_in(checkout: Checkout, login: str, picture: str) -> tuple[Done, dict[str, Any]]:
    """Run `mcp-okta login` with that person at Chromium: how it ended, and what the person saw last."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        port = str(listener.getsockname()[1])
        words = [sys.executable, "-m", "tests.browser.person", login, PASSWORDS[login], picture, port]
        done = checkout.run("login", BROWSER=f"{' '.join(words)} %s &", PYTHONPATH=str(REPOSITORY))
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as report:
            return done, json.loads(report.read())


@requirement("browser:login")
def test_our_own_page_tells_the_person_to_go_back(deployed: Checkout) -> None:
    """The whole command, a real sign-in, and the page at the loopback address (issue 4; RFC 8252 §7.3)."""
    done, seen = sign_in(deployed, "reader@example.com", "login-done")

    assert done.code == 0, done.err
    assert seen["heading"] == "Okta has signed you in"
    assert "Go back to the terminal" in seen["text"]
    assert (seen["language"], seen["faint"], seen["fits"], seen["errors"]) == ("en", [], True, [])
    assert deployed.ok("whoami", "--json").json["subject"] == "reader@example.com"


@requirement("browser:login")
def test_our_own_page_says_that_okta_refused(deployed: Checkout) -> None:
    """Somebody who is not assigned reads Okta's words in the browser, and the command ends with 4 (contract 4)."""
    deployed.run("logout")
    done, seen = sign_in(deployed, "outsider@example.com", "login-refused")

    assert done.code == 4, done.err
    assert seen["heading"] == "Okta refused the sign-in"
    assert "(access_denied)" in seen["text"]
    assert (seen["faint"], seen["errors"]) == ([], [])
