"""An exception as a person sees it: what, where, remedy; never a traceback."""

import os
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer

from cli.errors import NoRepository
from cli.root import find_root

# Which extra brings a module that the plain install lacks.
EXTRAS = {
    "deploy": {"pulumi", "pulumi_aws", "pulumi_okta", "boto3", "botocore", "uv", "yaml"},
    "local": {"moto", "werkzeug", "flask", "flask_cors", "starlette", "uvicorn", "grpc", "joserfc", "mangum"},
}


def explain(error: BaseException) -> int:
    """Print what the person should know; the answer is the exit code."""
    error = _telling(error)
    if isinstance(error, KeyboardInterrupt) or _was_interrupted(error):
        return 130
    if isinstance(error, typer.Abort):
        return say("stopped: nobody said yes", "the same command with --yes does not ask")
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        return _usage(error)
    if hasattr(error, "remedy"):
        return say(getattr(error, "message", str(error)), error.remedy, getattr(error, "exit_code", 1))
    if isinstance(error, ModuleNotFoundError) and (extra := extra_of(error.name or "")):
        return say(f"this command needs {error.name}, which is not installed", f"pip install 'mcp-okta[{extra}]'")
    return _internal(error)


def say(message: str, remedy: str, exit_code: int = 1) -> int:
    """Print one message with its remedy."""
    typer.echo(f"{coloured('error:')} {message}", err=True)
    if remedy:
        typer.echo(f"  → {remedy}", err=True)
    return exit_code


def coloured(text: str) -> str:
    """The text in red, where the person sees colours and wants them."""
    plain = os.environ.get("NO_COLOR") or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    return text if plain else typer.style(text, fg=typer.colors.RED, bold=True)


def extra_of(module: str) -> str | None:
    """The extra of this project that brings the module."""
    top = module.partition(".")[0]
    return next((extra for extra, modules in EXTRAS.items() if top in modules), None)


def _telling(error: BaseException) -> BaseException:
    """What a group of errors is about: its only one, or the first that a person can act on."""
    leaves = list(_leaves(error))
    remedied = [leaf for leaf in leaves if hasattr(leaf, "remedy")]
    return remedied[0] if remedied else leaves[0] if len(leaves) == 1 else error


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for inner in error.exceptions:
        yield from _leaves(inner)


def _usage(error: BaseException) -> int:
    """A wrong command line, or no command at all, which shows the help."""
    context = getattr(error, "ctx", None)
    message = error.format_message()  # type: ignore[attr-defined]
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
    else:
        say(message, f"{context.command_path} --help" if context else "mcp-okta --help")
    return error.exit_code  # type: ignore[attr-defined]


def _was_interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C was pressed at a question."""
    return isinstance(error, typer.Abort) and isinstance(error.__cause__ or error.__context__, KeyboardInterrupt)


def _internal(error: BaseException) -> int:
    """A mistake of ours: one line here, all of it in a file that only its owner may read."""
    trace = "".join(traceback.format_exception(error))
    if os.environ.get("MCP_OKTA_DEBUG") == "1":
        typer.echo(trace, err=True)
    first = str(error).strip().partition("\n")[0]
    where = _keep(trace)
    return say(f"internal error: {type(error).__name__}{': ' if first else ''}{first}", f"all of it is in {where}")


def _keep(trace: str) -> str:
    try:
        log = _log_file()
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return "the output with MCP_OKTA_DEBUG=1"
    with os.fdopen(descriptor, "a") as file:
        file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} mcp-okta {trace}\n")
    return str(log)


def _log_file() -> Path:
    """Beside the other logs of the repository, or in the person's own state folder."""
    try:
        logs = find_root() / ".local/logs"
        if logs.is_dir():
            return logs / "mcp-okta.log"
    except NoRepository:
        pass
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(state) / "mcp-okta" / "mcp-okta.log"
