"""The language host: a program runs as the engine asks, and its end reaches the engine as it was."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import language_pb2

from local_cloud.pulumi.language_host import LanguageHost
from tests.local_cloud.pulumi.fake_engine import FakeEngine, fake_engine
from tests.requirements import requirement


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    """An engine that keeps what it is told."""
    with fake_engine() as listening:
        yield listening


def run(engine: FakeEngine, folder: Path, program: str, **config: str) -> Any:
    """Run a program that lies in `infra/`, as `main: infra` has it."""
    return run_with(LanguageHost(engine.address), engine, folder, program, config)


def run_with(host: LanguageHost, engine: FakeEngine, folder: Path, program: str, config: dict[str, str]) -> Any:
    """Run a program in this host."""
    (folder / "infra").mkdir(exist_ok=True)
    (folder / "infra/__main__.py").write_text(program)
    place = str(folder)
    info = language_pb2.ProgramInfo(root_directory=place, program_directory=place, entry_point="infra")
    request = language_pb2.RunRequest(
        project="p", stack="dev", pwd=place, program=place, config=config, monitor_address=engine.address, info=info
    )
    return host.Run(request, None)


@requirement("pulumi:host")
def test_a_program_gets_its_configuration_and_exports_its_outputs(engine: FakeEngine, tmp_path: Path) -> None:
    """Project, stack, config, working directory and a module beside the entry point arrive (LanguageRuntime.Run)."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/beside.py").write_text("NAME = 'beside'")
    program = (
        "import os, pulumi, beside\n"
        "pulumi.export('all', [pulumi.get_stack(), pulumi.Config().require('key'), os.getcwd(), beside.NAME])"
    )

    answer = run(engine, tmp_path, program, **{"p:key": "value"})

    assert (answer.error, answer.bail) == ("", False)
    assert [list(outputs["all"]) for outputs in engine.outputs] == [["dev", "value", str(tmp_path), "beside"]]


@requirement("pulumi:host")
def test_a_second_run_in_the_same_host_starts_afresh(engine: FakeEngine, tmp_path: Path) -> None:
    """One `up` runs the program twice; nothing of the first is left in the second (ours)."""
    program = (
        "import sys, pulumi\npulumi.export('fresh', 'left_over' not in sys.modules)\nsys.modules['left_over'] = sys"
    )
    host = LanguageHost(engine.address)

    for _ in range(2):
        run_with(host, engine, tmp_path, program, {})

    assert [outputs["fresh"] for outputs in engine.outputs] == [True, True]


@requirement("pulumi:host")
def test_the_program_s_own_message_arrives_without_a_traceback(engine: FakeEngine, tmp_path: Path) -> None:
    """An error with a remedy is said once, word for word, and nothing else is (issue 3, must show: one message)."""
    answer = run(engine, tmp_path, "import pulumi\nraise pulumi.RunError('no such group\\n  → create it')")

    assert engine.logged == ["no such group\n  → create it"]
    assert (answer.error, answer.bail) == ("", True)


@requirement("pulumi:host")
def test_a_mistake_of_the_program_is_one_line_with_its_place(engine: FakeEngine, tmp_path: Path) -> None:
    """An exception that nobody foresaw names itself and the line of the program, not a library's (ours)."""
    answer = run(engine, tmp_path, "import json\n\njson.loads('{')")

    assert answer.bail
    assert len(engine.logged) == 1
    assert re.match(r"the program failed: JSONDecodeError: .* \(__main__\.py:3; ", engine.logged[0])
    assert "\n" not in engine.logged[0]


@requirement("pulumi:host")
def test_a_program_that_exits_is_a_failure(engine: FakeEngine, tmp_path: Path) -> None:
    """An exit code other than 0 reaches the engine (LanguageRuntime.RunResponse.error)."""
    answer = run(engine, tmp_path, "import sys\nsys.exit(3)")

    assert answer.error == "the program ended with exit code 3"


@requirement("pulumi:ends")
def test_cancelling_ends_the_program(engine: FakeEngine, tmp_path: Path) -> None:
    """A program that would go on for ever ends when the engine cancels (LanguageRuntime.Cancel)."""
    host = LanguageHost(engine.address)
    program = "import pulumi, time\npulumi.log.info('here')\ntime.sleep(60)"
    answers: list[Any] = []
    running = threading.Thread(target=lambda: answers.append(run_with(host, engine, tmp_path, program, {})))
    running.start()
    wait_for_log(engine)

    host.Cancel(None, None)
    running.join(5)

    assert answers[0].error == "the program was ended by signal 15"


def wait_for_log(engine: FakeEngine) -> None:
    """Return when the program has said something."""
    for _ in range(200):
        if engine.logged:
            return
        threading.Event().wait(0.05)
    raise AssertionError("the program said nothing in 10 seconds")


def test_the_engine_is_told_which_interpreter_and_which_sdk() -> None:
    """`pulumi about` names them (LanguageRuntime.About, GetPluginInfo)."""
    host = LanguageHost("127.0.0.1:1")

    assert host.About(None, None).executable
    assert re.fullmatch(r"\d+\.\d+\.\d+", host.GetPluginInfo(None, None).version)
    assert list(host.GetRequiredPackages(None, None).packages) == []
    assert list(host.InstallDependencies(None, None)) == []
