"""`mcp-okta demo`: all of it, start to finish, with what happened printed."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the `demo` command; what it needs is imported when it runs."""

    @app.command()
    def demo(
        keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end.")] = False,
        browser: Annotated[bool, typer.Option("--browser", help="Sign in by hand, in the real browser.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout at the end.")] = False,
    ) -> None:
        """Deploy, sign in, call, refuse and tear down, on this machine, with no account."""
        from cli.demo.ledger import Ledger
        from cli.demo.story import Story

        ledger = Ledger()
        try:
            Story(ledger, keep=keep, real_browser=browser).tell()
        finally:
            if as_json:
                typer.echo(ledger.as_json())
