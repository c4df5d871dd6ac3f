"""
A person for $BROWSER: signs in with the keyboard, reads the page at the end, and tells a test what it was like.

Usage: `person.py LOGIN PASSWORD PICTURE PORT URL`
"""

import json
import re
import socket
import sys

from tests.browser.chromium import start_chromium
from tests.browser.window import Window


def main(login: str, password: str, picture: str, port: str, url: str) -> None:
    """Sign in at the URL, and report to the port what the last page says."""
    with start_chromium() as browser:
        window = Window(browser.new_context())
        window.page.goto(url)
        window.page.wait_for_url(re.compile("^http"))  # the command's own file leads on
        window.press(login, "Tab", password, "Enter")
        window.page.wait_for_url(re.compile(r"/callback\?"))
        window.keep(picture)
        needed, given = window.room()
        report = {
            "heading": window.page.get_by_role("heading").inner_text(),
            "text": window.page.locator("body").inner_text(),
            "language": window.page.get_attribute("html", "lang"),
            "faint": window.faint_texts(),
            "fits": needed <= given,
            "errors": window.errors,
        }
    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as connection:
        connection.sendall(json.dumps(report).encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
