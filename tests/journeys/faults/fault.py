"""One fault: at which call of a plugin, or at which request to a cloud, it strikes, and what happens then."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

# What happens to a call of a plugin. Killed processes get SIGKILL.
CALL_KINDS = {
    "refused": "the plugin says no, and nothing was done",
    "lost": "it was done, and the plugin says no",
    "plugin-killed-before": "the plugin dies, and nothing was done",
    "plugin-killed-after": "it was done, and the plugin dies before it says so",
    "engine-killed-before": "the engine and the plugin die, and nothing was done",
    "engine-killed-after": "it was done, and the engine dies before it hears of it",
    "command-killed": "mcp-okta dies, and the call goes on",
    "interrupted": "Ctrl-C, and the call goes on",
    "hung": "the plugin never answers; Ctrl-C, and again some seconds later",
    "cloud-killed": "the local cloud dies, and the call goes on without it",
}
# What happens to a request on its way from a plugin to its cloud.
REQUEST_KINDS = {
    "500": "the cloud answers 500, once",
    "500-for-ever": "it answers 500 to every further request of the call",
    "429": "the cloud answers 429, once",
    "dropped-before": "the connection is closed, and nothing was done",
    "dropped-after": "it was done, and the connection is closed before the answer",
    "slow": "the cloud answers after some seconds",
}
KINDS = CALL_KINDS | REQUEST_KINDS
# The command may well succeed all the same: the plugin tries again, the cloud is only slow, it was the last step.
FORGIVEN = ("500", "429", "dropped-before", "dropped-after", "slow", "interrupted")
# Nobody is left to say anything.
SPEECHLESS = ("command-killed",)


@dataclass(frozen=True)
class Fault:
    """
    Where it strikes, and what happens there.

    Args:
        command: the command that it strikes: `up`, `change` (an `up` with other settings) or `down`.
        step: `Create okta:auth/server:Server server`; a request to a cloud is its number within that: `… #2`.
        kind: one of KINDS.
    """

    command: str
    step: str
    kind: str

    @property
    def at_request(self) -> bool:
        """Whether it strikes on the way to a cloud."""
        return self.kind in REQUEST_KINDS

    @property
    def subject(self) -> str:
        """What the message must name: the program's name of the resource; else the question, or the plugin."""
        _, kind, *name = self.step.partition(" #")[0].split(" ")
        return name[0] if name and not kind.startswith("pulumi:") else kind.removeprefix("pulumi:providers:")

    def __str__(self) -> str:
        return f"{self.command}: {self.step}: {self.kind}"


@dataclass(frozen=True)
class Plan:
    """The folder in which the test and the plugins meet: what is to happen, what was called, whether it happened."""

    folder: Path

    def set(self, fault: Fault | None, root: Path) -> None:
        """What is to happen in the next command, once."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("struck", "calls", "requests"):
            (self.folder / name).unlink(missing_ok=True)
        text = json.dumps({"root": str(root), "fault": asdict(fault) if fault else None})
        (self.folder / "plan.json").write_text(text)

    def read(self) -> tuple[Path, Fault | None]:
        """The checkout's root, and what is to happen."""
        plan = json.loads((self.folder / "plan.json").read_text())
        return Path(plan["root"]), Fault(**plan["fault"]) if plan["fault"] else None

    def strike(self) -> bool:
        """Whether it has not happened yet; it counts as happened from now on, in every process."""
        try:
            (self.folder / "struck").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    @property
    def struck(self) -> bool:
        """Whether it has happened."""
        return (self.folder / "struck").exists()

    def note(self, file: str, line: str) -> None:
        """Keep a line of what was called or asked."""
        with (self.folder / file).open("a") as journal:
            journal.write(line + "\n")

    def noted(self, file: str) -> list[str]:
        """The lines that were kept, each once, in order."""
        path = self.folder / file
        return list(dict.fromkeys(path.read_text().splitlines())) if path.exists() else []
