"""The demo from start to finish: engine, local cloud, deploy, people, destroy, and nothing left."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.demo.errors import DemoError
from cli.demo.ledger import Ledger
from cli.demo.people import People
from cli.demo.snapshot import Snapshot, difference, take_snapshot

STACK = "local"


class Story:
    """One run of the demo, on the stack `local`."""

    def __init__(self, ledger: Ledger, keep: bool, real_browser: bool) -> None:
        self._ledger = ledger
        self._keep = keep
        self._real_browser = real_browser
        self._started_here = False

    def tell(self) -> None:
        """
        Run every step; whatever happens, nothing is left that was not there before, unless asked to keep it.

        Raises:
            DemoError: a step saw something else than promised, or something was left.
        """
        from cli.outputs import target_of

        self._target = target_of(STACK, None)
        self._root = self._target.root
        self._engine()
        try:
            status = self._local_cloud()
            before = self._snapshot(status)
            try:
                outputs = self._up()
                with tempfile.TemporaryDirectory() as folder:
                    log = self._root / f".local/logs/function-{outputs['function_name']}.log"
                    people = People(self._ledger, outputs, status, Path(folder), log)
                    asyncio.run(people.act(self._real_browser))
            finally:
                if not self._keep:
                    self._down()
            self._end(status, before)
        finally:
            if self._started_here and not self._keep:
                self._stop()

    def _engine(self) -> None:
        from environments.engine import get_engine
        from environments.engine.version import spell

        with self._ledger.step("Pulumi engine") as step:
            engine = get_engine(self._report)
            step.note("engine", f"pulumi v{spell(engine.version)}")

    def _report(self, text: str) -> None:
        self._ledger.say(f"    {text}")

    def _local_cloud(self) -> dict[str, Any]:
        from cli.readiness import bring_up
        from local_cloud import supervisor

        self._refuse_a_stack_in_use()
        with self._ledger.step("Local Okta and AWS") as step:
            self._started_here = not supervisor.status(self._root)["running"]
            bring_up(self._root, self._report)
            status = supervisor.status(self._root)
            step.note("okta", status["okta_url"])
            step.note("aws", status["aws_endpoint_url"])
        return status

    def _refuse_a_stack_in_use(self) -> None:
        from cli.outputs import read_stack
        from environments.errors import EnvironmentsError

        try:
            deployed = bool(read_stack(self._target))
        except EnvironmentsError:
            return  # nothing is deployed, as it should be
        if deployed:
            raise DemoError(f"the stack {STACK} is deployed already, and the demo would destroy it", "mcp-okta down")

    def _snapshot(self, status: dict[str, Any]) -> Snapshot:
        from local_cloud import supervisor

        known = supervisor.environment(self._root)
        aws = {
            "endpoint_url": status["aws_endpoint_url"],
            "region_name": known["AWS_REGION"] or "",
            "aws_access_key_id": known["AWS_ACCESS_KEY_ID"] or "",
            "aws_secret_access_key": known["AWS_SECRET_ACCESS_KEY"] or "",
        }
        return take_snapshot(status["okta_url"], status["okta_api_token"], aws)

    def _up(self) -> Mapping[str, Any]:
        from cli.outputs import variables_for
        from cli.progress import shown
        from environments import lifecycle

        with self._ledger.step("Deploy (pulumi up)") as step:
            with shown(f"up {STACK}") as on_progress:
                result = lifecycle.up(self._root, STACK, variables_for(self._target), on_progress)
            step.note("resources created", result.changes.get("create", 0))
            step.note("url", result.outputs["url"])
            return result.outputs

    def _down(self) -> None:
        from cli.outputs import variables_for
        from cli.progress import shown
        from environments import lifecycle

        with self._ledger.step("Destroy (pulumi destroy)") as step:
            with shown(f"down {STACK}") as on_progress:
                result = lifecycle.down(self._root, STACK, variables_for(self._target), on_progress)
            step.note("resources deleted", result.changes.get("delete", 0))

    def _end(self, status: dict[str, Any], before: Snapshot) -> None:
        if self._keep:
            self._ledger.say(
                "Everything is left running. Next: mcp-okta call whoami · mcp-okta down · mcp-okta local down"
            )
            return
        with self._ledger.step("What is left in Okta and AWS") as step:
            step.note("objects compared", len(before))
            left = difference(before, self._snapshot(status))
            step.note("left", left or "nothing")
            if left:
                raise DemoError(f"{len(left)} objects differ from before: {'; '.join(left)}")
        self._ledger.say(f"All of it in {self._ledger.seconds} s.")

    def _stop(self) -> None:
        from local_cloud import supervisor

        supervisor.stop(self._root, lambda _: None)
