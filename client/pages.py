"""The pages that the browser shows at the end of a sign-in."""

from html import escape

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root{{color-scheme:light dark}}
body{{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:36em;padding:0 1em}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""
_LEADING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in with Okta</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={url}"></head>
<body><p><a rel="noreferrer" href="{url}">Go on to Okta's sign-in page</a></p></body></html>
"""
_REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}


def page(title: str, text: str) -> str:
    """One page; both texts are escaped here."""
    return _PAGE.format(title=escape(title), text=escape(text))


SIGNED_IN = page("Okta has signed you in", "Go back to the terminal; this window can be closed.")
FOREIGN = page("Not this sign-in", "This answer belongs to a sign-in that was not started here, or is over.")
REPEATED = page("Not an answer", "This answer says something twice, so it is not Okta's; the sign-in still waits.")
NOTHING_HERE = page("Nothing here", "This address only takes Okta's answer to a sign-in.")


def leading_to(url: str) -> str:
    """The page that leads a browser to the URL, without a script; by hand where the browser does not go by itself."""
    return _LEADING.format(url=escape(url))


def refused(error: str, description: str) -> str:
    """The page that says why Okta refused."""
    return page("Okta refused the sign-in", f"{description or 'No reason was given.'} ({error})")


def response(status: int, html: str) -> bytes:
    """A whole HTTP response that no cache keeps and that runs no script."""
    body = html.encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
