"""A browser for $BROWSER: `sign_in.py LOGIN URL` signs that person in at the local Okta, through the real form."""

import asyncio
import html
import json
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cli.demo.browser import ScriptedBrowser

SEED = Path(__file__).resolve().parents[2] / "local_cloud/okta/seed.json"


def password_of(login: str) -> str:
    """The seeded password of a person."""
    people = json.loads(SEED.read_text())["users"]
    return next(person["password"] for person in people if person["login"] == login)


def followed(url: str) -> str:
    """Where the page leads that a command leaves in a file for the browser; any other URL as it is."""
    if not url.startswith("file:"):
        return url
    page = Path(unquote(urlsplit(url).path)).read_text()
    return html.unescape(page.partition('href="')[2].partition('"')[0])


async def main(login: str, url: str) -> None:
    """Open the URL as that person."""
    browser = ScriptedBrowser(login, password_of(login))
    await browser(followed(url))
    await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
