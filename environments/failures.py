"""From the engine's words to one message and one remedy."""

import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from environments.config import on_local_cloud
from environments.errors import (
    EngineFailed,
    EnvironmentsError,
    StackLocked,
    StackMissing,
    Unreachable,
    WrongPassphrase,
)
from environments.name import LOCAL

# Sentences of the engine that only say that something else failed.
ECHOES = (
    "update failed",
    "preview failed",
    "destroy failed",
    "refresh failed",
    "one or more errors occurred",
    "an unhandled error occurred: program exited",
)
NO_ANSWER = re.compile(
    r"connection refused|no such host|i/o timeout|could not connect to the endpoint|network is unreachable"
    r"|connect timeout|name or service not known|all connection attempts failed|cannot be reached|connection reset",
    re.IGNORECASE,
)
TRACEBACK = re.compile(r"[ \t]*Traceback \(most recent call last\):\n(?:[ \t]+.*\n|[ \t]*\n)*")
# How the engine and the plugins talk to each other.
WRAPPINGS = (
    (re.compile(r"rpc error: code = \w+ desc = "), ""),
    (re.compile(r"invoke of (\S+) failed: invocation of \1 returned an error: "), r"\1: "),
)
# A resource, or a question.
CUT_OFF = re.compile(
    r"^(\w+ \w+ \S+): error reading from server|invocation of (\S+) returned an error: error reading from server",
    re.MULTILINE,
)
KILLED = re.compile(r"\A\s*code: -(\d+)\n")
CONFLICT = re.compile(r"AlreadyExists|already exists?\b|already in use", re.IGNORECASE)
BUSY = re.compile(r"try again later|in progress|being (?:created|deleted|updated)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """
    Where it happened: what the messages name.

    Args:
        base: the stack beside which a branch's environment is.
        named: the options that name a branch's environment, which is not called by its stack.
    """

    root: Path
    stack: str
    command: str = "up"
    base: str | None = None
    named: str | None = None

    @property
    def options(self) -> str:
        """What names the environment on the command line."""
        if self.named is not None:
            return self.named
        return "" if self.stack == LOCAL else f" --stack {self.stack}"

    @property
    def again(self) -> str:
        """The command to run again."""
        return f"mcp-okta {self.command}{self.options}"


Rule = tuple[str, Callable[[Place, str], EnvironmentsError]]


def explain(text: str, errors: Sequence[str], place: Place) -> EnvironmentsError:
    """
    The error that a person can act on.

    Args:
        text: what the engine wrote to its standard error and output.
        errors: its diagnostics of severity error.
    """
    everything = "\n".join([text, *errors])
    for pattern, make in RULES:
        if re.search(pattern, everything):
            return make(place, everything)
    said = (
        _own_words(errors)
        or _own_words(re.findall(r"^(?: ?stderr: )?error: (.*)$", text, re.MULTILINE))
        or text.strip()
    )
    message, remedy = split_remedy(unwrap(said))
    if not remedy and CONFLICT.search(said):
        return EngineFailed(
            f"an object of that name is there already, and the stack {place.stack} does not know it: {message}",
            "its tags or description say whose it is; ask them, or choose another name: mcp-okta up --stack NAME",
        )
    if not remedy and BUSY.search(said):
        return EngineFailed(message, f"wait a moment, then run it again: {place.again}")
    if not remedy and NO_ANSWER.search(said):
        return Unreachable(message, f"check the address, locally with `mcp-okta local status`; then: {place.again}")
    return EngineFailed(message, remedy or f"correct what it names, then: {place.again}")


def unwrap(text: str) -> str:
    """The words of the cloud or its plugin without the engine's around them."""
    for pattern, short in WRAPPINGS:
        text = pattern.sub(short, text)
    return text


def split_remedy(text: str) -> tuple[str, str]:
    """The program's own errors end with a line `→ remedy`."""
    message, arrow, remedy = text.partition("\n  → ")
    return (message.strip(), remedy.strip().splitlines()[0]) if arrow and remedy.strip() else (text.strip(), "")


def _own_words(errors: Sequence[str]) -> str:
    kept = [TRACEBACK.sub("", text).strip() for text in errors]
    return "\n".join(dict.fromkeys(text for text in kept if text and not text.lower().startswith(ECHOES)))


def _passphrase(place: Place, text: str) -> EnvironmentsError:
    if on_local_cloud(place.root, place.stack, place.base):
        file = place.root / ".local/passphrase"
        return WrongPassphrase(
            f"the passphrase does not open the secrets of stack {place.stack}; the local cloud's is in {file}",
            f"put the right passphrase back; or begin again: mcp-okta local down && rm -r {place.root / '.local'} "
            f"{place.root / 'Pulumi.local.yaml'}",
        )
    return WrongPassphrase(
        f"the passphrase does not open the secrets of stack {place.stack}",
        f"export PULUMI_CONFIG_PASSPHRASE=… with the passphrase that the stack was made with, then: {place.again}",
    )


def _locked(place: Place, text: str) -> EnvironmentsError:
    who = re.search(r"locked by[^\n]*\n?[^\n]*", text)
    return StackLocked(
        f"somebody else is changing the stack {place.stack}: {who[0].strip() if who else 'the backend says so'}",
        f"let it finish; if it is gone for certain: pulumi cancel --yes --stack {place.stack}",
    )


def _missing(place: Place, text: str) -> EnvironmentsError:
    return stack_missing(place.stack, place.options)


def stack_missing(stack: str, options: str | None = None) -> StackMissing:
    """
    Nothing is deployed under that name.

    Args:
        options: what names the environment on the command line, where that is not its stack's name.
    """
    named = options if options is not None else "" if stack == LOCAL else f" --stack {stack}"
    return StackMissing(f"nothing is deployed: there is no stack {stack}", f"mcp-okta up{named}")


def _plugin(place: Place, text: str) -> EnvironmentsError:
    line = re.search(r"[^\n]*no (?:resource|language) plugin[^\n]*", text)
    return EngineFailed(
        f"the engine lacks a plugin: {line[0].strip() if line else 'see above'}",
        f"mcp-okta local up; on real accounts: pulumi install; then: {place.again}",
    )


def _login(place: Place, text: str) -> EnvironmentsError:
    return EngineFailed(
        "the engine does not know where to keep the state of real accounts",
        f"pulumi login (or pulumi login --local, or export PULUMI_BACKEND_URL=…), then: {place.again}",
    )


def _plugin_died(place: Place, text: str) -> EnvironmentsError:
    plugin = re.search(r"pulumi-resource-(\w+) exited prematurely", text)
    steps = dict.fromkeys(found[1] or found[2] for found in CUT_OFF.finditer(text))
    where = f" at {', '.join(steps)}" if steps else ""
    return EngineFailed(
        f"the plugin {plugin[1] if plugin else 'of a cloud'} ended in the middle of its work{where}", place.again
    )


def _no_access_management(place: Place, text: str) -> EnvironmentsError:
    line = next((line.strip() for line in text.splitlines() if re.search(NO_FEATURE, line)), "")
    return EngineFailed(
        f"the Okta org lacks API Access Management, which authorization servers need: {line}",
        f"ask the Okta administrator for it, and whether the token may use it; then: {place.again}",
    )


def _killed(place: Place, text: str) -> EnvironmentsError:
    number = int(KILLED.search(text)[1])  # type: ignore[index]
    name = next((item.name for item in signal.Signals if item == number), f"signal {number}")
    memory = "; the system does that when memory runs out" if number == signal.SIGKILL else ""
    return EngineFailed(
        f"the engine was ended by {name} in the middle of its work on stack {place.stack}{memory}",
        f"{place.again}, which looks first at what is really there",
    )


NO_FEATURE = r"E0000015|You do not have permission to access the feature you are requesting"
RULES: tuple[Rule, ...] = (
    (KILLED.pattern, _killed),
    (r"error reading from server|exited prematurely", _plugin_died),
    (r"incorrect passphrase|passphrase must be set with", _passphrase),
    (r"the stack is currently locked by|\[409\] Conflict: Another update", _locked),
    (r"no stack named '[^']*' found", _missing),
    (r"no (resource|language) plugin", _plugin),
    (NO_FEATURE, _no_access_management),
    (r"PULUMI_ACCESS_TOKEN must be set|not logged in|no credentials.*pulumi login", _login),
)
