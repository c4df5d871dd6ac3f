"""The `mcp-okta` command: its table of contents, and the one place where an error becomes a message."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli import edge

GROUPS = ("cli.person", "cli.deploy", "cli.local", "cli.demo")


def build_app() -> typer.Typer:
    """Every command by name; what a command needs is imported when it runs."""
    app = typer.Typer(
        name="mcp-okta",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 sign-in needed, 4 not allowed.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    for group in GROUPS:
        importlib.import_module(group).register(app)
    return app


def show_version(asked: bool) -> None:
    """Print the version of the installed package, if it was asked for."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"mcp-okta {version('mcp-okta')}")
        raise typer.Exit


def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """An MCP server behind your company's Okta, on AWS Lambda; and all of it on this machine."""


def run(arguments: Sequence[str], app: Any = None) -> int:
    """Run one command line; the answer is the exit code, and no exception comes out."""
    try:
        code = (app or build_app())(args=list(arguments), prog_name="mcp-okta", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        _silence(sys.stdout)
        return 1
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        return 130
    except (Exception, BaseExceptionGroup) as error:
        return edge.explain(error)


def _silence(stream: Any) -> None:
    """Nobody reads any more: what is still buffered goes nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))
