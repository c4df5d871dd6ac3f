"""Where the fault runs take place: one checkout with its local cloud, whose plugins fail as planned."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import yaml

from tests.journeys.checkout import REPOSITORY, Checkout, Done, make_checkout
from tests.journeys.faults.fault import Fault, Plan
from tests.journeys.faults.listing import Key, in_state, keys_of, on_clouds, outputs_of
from tests.journeys.faults.proxy import proxy

COMMAND_SECONDS = 150.0
LEAVE_SECONDS = 20.0
MARK = "MCP_OKTA_FAULTS"
# It has no mark and is in nobody's way: the next `up` assigns the group again, and it goes with the app.
UNMARKED = {"okta:app/groupAssignment:GroupAssignment"}
# Each changes an object of another type: function, integration, stage, log groups, rules, app. There are two values of
# each, in turn: after a fault that struck when the work was done, the next run finds that it was.
CHANGED = (
    {
        "memory": "512",
        "timeout": "20",
        "throttleRate": "40",
        "logRetentionDays": "7",
        "accessTokenMinutes": "30",
        "extraRedirectUris": "http://127.0.0.1:9999/callback",
    },
    {
        "memory": "768",
        "timeout": "25",
        "throttleRate": "45",
        "logRetentionDays": "5",
        "accessTokenMinutes": "20",
        "extraRedirectUris": "http://127.0.0.1:9998/callback",
    },
)


@dataclass(frozen=True)
class Ground:
    """A checkout, what its clouds held before, and the plan that its plugins follow."""

    checkout: Checkout
    plan: Plan
    before: frozenset[Key]
    proxies: dict[str, str]

    @property
    def root(self) -> Path:
        """The checkout's folder."""
        return self.checkout.root

    def run(self, command: str, fault: Fault | None = None) -> Done:
        """Run `up`, `change` (an `up` with other settings) or `down`, with the fault, to the end of all it started."""
        if command == "change":
            self.configure()
        self.plan.set(fault, self.root)
        proxied = self.proxies if fault and fault.at_request else {}
        done = self.checkout.run("down" if command == "down" else "up", timeout=COMMAND_SECONDS, **proxied)
        self.wait_for_the_last()
        return done

    def configure(self) -> None:
        """Write other settings into the stack's configuration, as a person does."""
        file = self.root / "Pulumi.local.yaml"
        document = yaml.safe_load(file.read_text())
        first, second = (written(settings) for settings in CHANGED)
        document["config"].update(second if first.items() <= document["config"].items() else first)
        file.write_text(yaml.safe_dump(document))

    def wait_for_the_last(self) -> None:
        """See that nothing outlives the command by long: no engine, no plugin, no program."""
        deadline = time.monotonic() + LEAVE_SECONDS
        while left := self.processes():
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.05)

    def processes(self) -> dict[int, str]:
        """What runs for a command of this ground: process → its command line."""
        mark, found = f"{MARK}={self.plan.folder}\0".encode(), {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ").strip()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return {pid: command for pid, command in found.items() if command}

    def made(self) -> set[Key]:
        """
        What the clouds hold and did not before.

        Raises:
            AssertionError: they lack something that they held before.
        """
        now = on_clouds(json.loads((self.root / ".local/cloud.json").read_text()), self.checkout.aws_keys())
        assert self.before <= now, f"lost: {self.before - now}"
        return now - self.before

    def check_agreement(self) -> None:
        """The state and the clouds name the same objects, and nothing is pending."""
        state = in_state(self.root)
        assert not state.get("pending_operations"), f"pending: {state['pending_operations']}"
        known, there = keys_of(state), self.made()
        assert known == there, f"unknown to the state: {there - known}; not there: {known - there}"

    def check_accounted(self) -> None:
        """Whatever is there is in the state, or the state says that it was begun."""
        state = in_state(self.root)
        unknown = self.made() - keys_of(state)
        begun = {item["resource"]["type"] for item in state.get("pending_operations") or []}
        lost = {key for key in unknown if key[0] not in begun | UNMARKED}
        assert not lost, f"unknown to the state, and not begun: {lost}"

    def check_works(self) -> None:
        """The metadata names the issuer and the address; a call without a token is refused as RFC 9728 §5.1 has it."""
        outputs = outputs_of(in_state(self.root))
        url = outputs["url"]
        metadata = url.removesuffix("/mcp") + "/.well-known/oauth-protected-resource/mcp"
        with httpx2.Client(timeout=60, trust_env=False) as web:
            found = web.get(metadata).raise_for_status().json()
            refused = web.post(url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
        assert (found["resource"], found["authorization_servers"]) == (url, [outputs["issuer"]])
        assert refused.status_code == 401 and "resource_metadata" in refused.headers["www-authenticate"]

    def check_call(self) -> None:
        """A person signs in and calls a tool."""
        person = "reader@example.com"
        called = self.checkout.ok("call", "whoami", "--json", as_person=person)
        assert called.json["subject"] == person
        self.checkout.ok("logout")

    def check_gone(self) -> None:
        """Nothing is left of the stack: on neither cloud, in no file of state, configuration or lock."""
        self.put_settings_away()
        there = self.made()
        assert not there, f"left: {there}"
        left = [str(path) for path in (self.root / ".local/state").rglob("local*") if path.is_file()]
        left += [str(path) for path in (self.root / ".local/state/.pulumi/locks").rglob("*.json")]
        left += [path.name for path in self.root.glob("Pulumi.local.yaml*")]
        assert not left, f"files left: {left}"

    def put_settings_away(self) -> None:
        """See that what `configure` wrote outlived the stack and nothing else did, and remove it for the next round."""
        file = self.root / "Pulumi.local.yaml"
        if file.exists():
            document = yaml.safe_load(file.read_text())
            assert document in [{"config": written(settings)} for settings in CHANGED]
            file.unlink()


def written(settings: dict[str, str]) -> dict[str, str]:
    """The settings as the stack's configuration has them."""
    return {f"mcp-okta:{name}": value for name, value in settings.items()}


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A checkout whose local cloud runs, and a proxy in front of each cloud; everything is stopped at the end."""
    plan, site = Plan(folder / "plan"), REPOSITORY / "tests/journeys/faults/site"
    plan.set(None, folder)
    made = make_checkout(folder)
    path = os.pathsep.join([str(site), str(REPOSITORY)])
    checkout = replace(made, env=made.env | {"PYTHONPATH": path, MARK: str(plan.folder)})
    with ExitStack() as stack:
        stack.callback(checkout.run, "local", "down")
        checkout.ok("local", "up")
        status = checkout.status()
        upstreams = {"OKTA": status["okta_url"], "AWS": status["aws_endpoint_url"]}
        proxies = {f"{MARK}_{name}": stack.enter_context(proxy(url, plan)) for name, url in upstreams.items()}
        yield Ground(checkout, plan, frozenset(on_clouds(status, checkout.aws_keys())), proxies)


def stop(found: dict[int, str]) -> None:
    """End what a failed round left running."""
    for pid in found:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
