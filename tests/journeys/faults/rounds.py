"""A round: a fault strikes a command; the next commands must bring everything in order again."""

import itertools
from dataclasses import dataclass

from tests.journeys.checkout import Done
from tests.journeys.faults.fault import FORGIVEN, SPEECHLESS, Fault
from tests.journeys.faults.ground import Ground

# The person stopped it, or the engine is gone: what ran at that moment is not in the message.
NOBODY_KNOWS = ("interrupted", "hung", "engine-killed-before", "engine-killed-after")


@dataclass(frozen=True)
class Round:
    """
    Commands in a row, each with its fault or without.

    Args:
        commands: `up`, `change`, `down`; the last is a `down` without a fault, and after it nothing may be left.
        calls: sign in and call a tool when the stack is up.
    """

    commands: tuple[str | Fault, ...]
    calls: bool = False

    def __str__(self) -> str:
        """The commands; faults in a row at the same call in one."""
        parts: list[str] = []
        for command, together in itertools.groupby(self.commands, key=where):
            kinds = [item.kind for item in together if isinstance(item, Fault)]
            parts.append(f"{command}: {', '.join(kinds)}" if kinds else command)
        return " → ".join(parts)


def where(command: str | Fault) -> str:
    """The command, and the call at which its fault strikes."""
    return f"{command.command}: {command.step.partition(' #')[0]}" if isinstance(command, Fault) else command


def play(round_: Round, site: Ground) -> None:
    """
    Run the commands, and check after each what must hold then.

    Raises:
        AssertionError: something does not hold; the text says after which command.
    """
    for command in round_.commands:
        try:
            if isinstance(command, Fault):
                check_failure(site.run(command.command, command), command, site)
            else:
                check_success(site.run(command), command, site, round_.calls)
        except AssertionError as error:
            raise AssertionError(f"after {command} of [{round_}]: {error}") from error


def check_success(done: Done, command: str, site: Ground, calls: bool) -> None:
    """The command did it, and state, clouds and server agree."""
    assert done.code == 0, f"exit code {done.code}: {tail(done)}"
    assert "Traceback" not in done.err, tail(done)
    if command == "down":
        return site.check_gone()
    site.check_agreement()
    site.check_works()
    if calls:
        site.check_call()
    return None


def check_failure(done: Done, fault: Fault, site: Ground) -> None:
    """The fault struck; the command ended with one message that names what failed and what to type, or forgave it."""
    assert site.plan.struck, f"the fault did not strike; exit code {done.code}: {tail(done)}"
    if fault.kind != "cloud-killed":
        site.check_accounted()
    if fault.kind in SPEECHLESS:
        assert done.code == -9, tail(done)
    elif done.code == 0:
        assert fault.kind in FORGIVEN, f"it went unnoticed: {tail(done)}"
    else:
        check_message(done, fault)


def check_message(done: Done, fault: Fault) -> None:
    """One message: what failed, and what to type; no traceback."""
    assert done.code == 1, f"exit code {done.code}: {tail(done)}"
    assert "Traceback" not in done.err, tail(done)
    assert done.err.count("error: ") == 1 and "\n  → " in done.err, tail(done)
    if fault.kind not in NOBODY_KNOWS:
        message = done.err.partition("error: ")[2]
        assert fault.subject in message, f"{fault.subject} is not named: {tail(done)}"


def tail(done: Done) -> str:
    """The end of what the command said."""
    return (done.err + done.out)[-1500:]
