"""Functions under AWS's own runtime client, called through the SDK's Invoke."""

import base64
import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cloud.aws.account import ECHO, TRUST, Account, policy, zipped
from tests.requirements import requirement

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
PID = "import os\ndef handler(event, context):\n    return os.getpid()"
# Waits until the file that the event names is there: a call is in flight for as long as the test wants.
GATE = """
import os, time
def handler(event, context):
    open(event["file"] + ".begun", "w").close()
    while not os.path.exists(event["file"]):
        time.sleep(0.005)
    return VERSION
"""


def invoke(account: Account, event: Any = None, name: str = "f") -> Any:
    """The function's result."""
    answer = account.functions.invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for at most five seconds."""
    deadline, pause = time.monotonic() + 5, threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.005)


def state_of(pid: int) -> str:
    """The state of a process, or gone. Source: proc(5)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "gone"


class InFlight:
    """A call that is held at the gate until it is released."""

    def __init__(self, account: Account, pool: ThreadPoolExecutor, file: Path) -> None:
        self._file = file
        self.result: Future[Any] = pool.submit(invoke, account, {"file": str(file)})
        wait_until(file.with_name(f"{file.name}.begun").exists)

    def release(self) -> Any:
        """Let the call end, and say how."""
        self._file.touch()
        return self.result.result(5)


@requirement("aws:invoke")
def test_the_sdk_invokes_what_is_deployed(account: Account) -> None:
    """The event goes in, the result comes out (AWS, Invoke)."""
    account.create_function(ECHO)

    assert invoke(account, {"a": 1}) == {"a": 1}


@requirement("aws:invoke")
@pytest.mark.parametrize("qualifier", ["", ":$LATEST"])
@pytest.mark.parametrize(
    "form", ["f", "function:f", "123456789012:f", "123456789012:function:f", "us-east-1:123456789012:function:f", ARN]
)
def test_each_form_of_a_functions_name_is_the_function(account: Account, form: str, qualifier: str) -> None:
    """Name, partial ARN and ARN, of what is deployed now (AWS, Invoke: FunctionName)."""
    account.create_function(ECHO)

    assert invoke(account, 1, f"{form}{qualifier}") == 1


@pytest.mark.parametrize(
    "name", ["f:1", "f:live", f"{ARN}:live", ARN.replace("us-east-1", "eu-west-1"), "210987654321:f"]
)
def test_another_version_or_account_is_not_this_function(account: Account, name: str) -> None:
    """It is refused, by its name (design: unknown means refused)."""
    account.create_function(ECHO)
    with pytest.raises(ClientError, match="does not emulate"):
        invoke(account, 1, name)


@requirement("aws:allow-list")
def test_the_function_sees_nothing_of_the_host(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is Lambda's and its own; on its path are the zip, Python and the runtime client (design)."""
    monkeypatch.setenv("A_SECRET_OF_THE_HOST", "x")
    code = (
        "import os, sys, importlib.util as u\ndef handler(event, context):\n    return [dict(os.environ), sys.path,"
        " [n for n in ('mcp', 'boto3', 'moto', 'local_cloud', 'pip', 'starlette') if u.find_spec(n)]]"
    )
    account.create_function(code, Environment={"Variables": {"MINE": "1"}})
    variables, path, host_modules = invoke(account)

    lambdas = {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "TZ",
        "LANG",
        "PATH",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
        "MINE",
        "LC_CTYPE",
    }
    others = {name for name in variables if not name.startswith(("AWS_", "PYTHON"))}
    assert others <= lambdas
    assert (variables["MINE"], variables["AWS_REGION"]) == ("1", "us-east-1")
    assert path[0] == variables["LAMBDA_TASK_ROOT"]
    assert (Path(variables["LAMBDA_RUNTIME_DIR"]) / "awslambdaric").is_dir()
    assert [entry for entry in path if "site-packages" in entry and "/.local/runtime/" not in entry] == []
    assert host_modules == []


@requirement("aws:invoke")
def test_the_client_context_reaches_the_function(account: Account) -> None:
    """As the mobile SDKs send it; without one there is none (AWS Lambda API reference, Invoke: ClientContext)."""
    account.create_function("def handler(event, context):\n    c = context.client_context\n    return c and c.custom")
    context = base64.b64encode(json.dumps({"custom": {"é": "a\nb"}}, indent=1, ensure_ascii=False).encode()).decode()
    answer = account.functions.invoke(FunctionName="f", ClientContext=context)

    assert json.loads(answer["Payload"].read()) == {"é": "a\nb"}
    assert invoke(account) is None


@requirement("aws:invoke")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Payload": b"not json"}, "Could not parse request body into json: "),
        ({"Payload": b'{"a": NaN}'}, "Could not parse request body into json: NaN"),
        ({"Payload": b"\xff"}, "Could not parse request body into json: "),
        ({"ClientContext": "not base64"}, "Client context must be a valid Base64-encoded JSON object"),
        ({"ClientContext": base64.b64encode(b"[1]").decode()}, "Client context must be a valid"),
        (
            {"ClientContext": base64.b64encode(b'{"a": "%s"}' % (b"x" * 2700)).decode()},
            "Client context must be a valid",
        ),
    ],
)
def test_what_is_no_json_is_not_handed_over(account: Account, given: dict[str, Any], words: str) -> None:
    """InvalidRequestContentException, and the function is not called (AWS Lambda API reference, Invoke)."""
    account.create_function("def handler(event, context):\n    print('called')")
    with pytest.raises(account.functions.exceptions.InvalidRequestContentException, match=words):
        account.functions.invoke(FunctionName="f", **given)

    assert not (account.root / ".local/logs/function-f.log").exists() or "called" not in account.log_of()


@requirement("aws:import-error")
def test_a_module_that_is_not_in_the_zip_is_the_runtimes_own_error(account: Account) -> None:
    """Runtime.ImportModuleError, with nothing of the host to help out (issue 3)."""
    account.create_function("import mcp")

    assert invoke(account)["errorType"] == "Runtime.ImportModuleError"
    assert "Unable to import module 'h': No module named 'mcp'" in account.log_of()


def test_an_exception_is_the_functions_error_even_when_it_is_long(account: Account) -> None:
    """awslambdaric sends the traceback in a header; the environment stays warm (AWS, Invoke: FunctionError)."""
    account.create_function(
        "import os\ndef handler(event, context):\n    raise ValueError(str(os.getpid()) + 'x' * 90000)"
    )
    first, second = invoke(account), invoke(account)

    assert first["errorType"] == "ValueError"
    assert first["errorMessage"] == second["errorMessage"]


@requirement("aws:timeout")
def test_a_timeout_kills_all_of_it_and_the_next_call_is_cold(account: Account) -> None:
    """Task timed out; the function's own children die too, and another process answers next (issue 4)."""
    code = (
        "import os, subprocess, time\ndef handler(event, context):\n    if event:\n"
        "        child = subprocess.Popen(['sleep', '60'])\n        open(event, 'w').write(str(child.pid))\n"
        "        time.sleep(60)\n    return os.getpid()"
    )
    account.create_function(code, Timeout=1)
    pid_file, before = account.root / "child", invoke(account)
    failed = invoke(account, str(pid_file))

    assert failed["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 1.00 seconds" in account.log_of()
    wait_until(lambda: state_of(int(pid_file.read_text())) in ("gone", "Z"))
    assert state_of(before) == "gone"
    assert invoke(account) != before


def test_a_function_that_ends_its_process_is_replaced(account: Account) -> None:
    """Runtime.ExitError, then a fresh environment (AWS, Invoke)."""
    account.create_function("import os\ndef handler(event, context):\n    return os._exit(3) if event else 'alive'")

    assert invoke(account, True)["errorType"] == "Runtime.ExitError"
    assert invoke(account) == "alive"


@requirement("aws:update")
def test_an_update_counts_at_once_and_a_call_in_flight_ends_on_the_old_version(account: Account) -> None:
    """Code and configuration alike; nobody who is being served is disturbed (issue 4)."""
    account.create_function(GATE.replace("VERSION", "'old'"), Timeout=10)
    with ThreadPoolExecutor(1) as pool:
        call = InFlight(account, pool, account.root / "update")
        account.functions.update_function_code(FunctionName="f", ZipFile=zipped("def handler(e, c):\n    return 'new'"))

        assert invoke(account) == "new"
        assert call.release() == "old"
    assert len(list((account.root / ".local/functions").glob("f-*/*"))) == 1, "the old code is still there"
    code = "import os\ndef handler(event, context):\n    return os.environ.get('WHICH')"
    account.functions.update_function_code(FunctionName="f", ZipFile=zipped(code))
    assert invoke(account) is None
    account.functions.update_function_configuration(FunctionName="f", Environment={"Variables": {"WHICH": "2"}})
    assert invoke(account) == "2"


def test_an_update_ends_the_idle_environments_of_the_old_version(account: Account) -> None:
    """Their processes and their code are gone before the next call; memory, timeout and role count too (ours)."""
    account.create_function(PID)
    other = account.iam.create_role(RoleName="other", AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
    pid = invoke(account)
    for change in ({"MemorySize": 256}, {"Timeout": 9}, {"Role": other}):
        account.functions.update_function_configuration(FunctionName="f", **change)
        assert state_of(pid) == "gone"
        pid = invoke(account)
    account.functions.update_function_configuration(FunctionName="f", Description="nothing that runs")
    assert invoke(account) == pid


@requirement("aws:concurrency")
def test_a_warm_environment_is_reused_and_the_reserved_concurrency_is_the_limit(account: Account) -> None:
    """One process while one is enough; beyond the reservation 429, also where a warm one idles (AWS, concurrency)."""
    account.create_function(GATE.replace("VERSION", "os.getpid()"), Timeout=10)
    with ThreadPoolExecutor(2) as pool:
        first = InFlight(account, pool, account.root / "first")
        second = InFlight(account, pool, account.root / "second")
        pids = {first.release(), second.release()}
        assert len(pids) == 2
        account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=1)
        third = InFlight(account, pool, account.root / "third")
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            account.functions.invoke(FunctionName="f", Payload=json.dumps({"file": str(account.root / "third")}))
        assert third.release() in pids


@requirement("aws:concurrency")
def test_a_reservation_is_reached_before_anybody_is_throttled(account: Account) -> None:
    """Twelve at once, each in a process of its own, and 429 for the thirteenth (AWS, reserved concurrency)."""
    account.create_function(GATE.replace("VERSION", "os.getpid()"), Timeout=20)
    account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=12)
    with ThreadPoolExecutor(12) as pool:
        calls = [InFlight(account, pool, account.root / f"of-twelve-{number}") for number in range(12)]
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            account.functions.invoke(FunctionName="f", Payload=json.dumps({"file": str(account.root / "one-more")}))
        assert len({call.release() for call in calls}) == 12


def test_a_reservation_that_this_machine_has_no_processes_for_is_refused(account: Account) -> None:
    """With its bound; what AWS itself would refuse is AWS's error first (ours)."""
    account.create_function(ECHO)
    reserve = account.functions.put_function_concurrency
    reserve(FunctionName="f", ReservedConcurrentExecutions=50)
    with pytest.raises(ClientError, match=r"NotEmulated.* ReservedConcurrentExecutions = 51 .*at most 50"):
        reserve(FunctionName="f", ReservedConcurrentExecutions=51)

    assert account.functions.get_function_concurrency(FunctionName="f")["ReservedConcurrentExecutions"] == 50


def test_more_callers_than_processes_wait_their_turn(account: Account) -> None:
    """No more than ten processes a function, and nobody is turned away (ours, simplified)."""
    account.create_function(PID)
    with ThreadPoolExecutor(24) as pool:
        pids = list(pool.map(lambda _: invoke(account), range(24)))

    assert 1 <= len(set(pids)) <= 10


@requirement("aws:freeze")
def test_a_function_is_frozen_between_calls(account: Account) -> None:
    """Work in the background stands still until the next call (AWS, execution environment)."""
    account.create_function(PID)
    pid = invoke(account)
    wait_until(lambda: state_of(pid) == "T")

    assert invoke(account) == pid


def test_a_deleted_function_leaves_no_process_and_no_code(account: Account) -> None:
    """DeleteFunction: process and unpacked zip are gone, and the same name can come back (ours)."""
    account.create_function(PID)
    pid = invoke(account)
    account.functions.delete_function(FunctionName="f")

    assert state_of(pid) == "gone"
    assert list((account.root / ".local/functions").iterdir()) == []
    account.create_function("def handler(e, c):\n    return 'again'")
    assert invoke(account) == "again"


@requirement("aws:log")
def test_what_a_call_prints_stands_between_its_start_and_its_report(account: Account) -> None:
    """START, the output, END, REPORT with durations and memory; Init Duration of the cold call only (AWS)."""
    account.create_function("def handler(event, context):\n    print('hello', event)")
    path = account.root / ".local/logs/function-f.log"
    path.unlink(missing_ok=True)
    invoke(account, 1)
    invoke(account, 2)
    lines = [line.split(" ", 1)[1] for line in path.read_text().splitlines() if " CloudWatch gets no" not in line]

    words = [line.split(" ")[0] for line in lines]
    assert words == ["INIT_START", *["START", "hello", "END", "REPORT"] * 2]
    assert ["Init Duration" in line for line in lines if line.startswith("REPORT")] == [True, False]
    assert all(part in lines[4] for part in ("Billed Duration", "Memory Size: 128 MB", "Max Memory Used"))


@requirement("aws:limits")
def test_six_megabytes_are_the_limit_both_ways(account: Account) -> None:
    """A larger event is refused, a larger result is the function's error, and the next call works (AWS, quotas)."""
    account.create_function("def handler(event, context):\n    return 'x' * (event if isinstance(event, int) else 1)")
    with pytest.raises(ClientError, match="RequestTooLargeException"):
        invoke(account, "x" * 6 * 1024 * 1024)

    assert invoke(account, 7_000_000)["errorType"] == "Function.ResponseSizeTooLarge"
    assert invoke(account, 3) == "xxx"


@pytest.mark.parametrize("more", [{"InvocationType": "Event"}, {"InvocationType": "DryRun"}, {"Qualifier": "1"}])
def test_kinds_of_invoke_that_are_lacking_are_named(account: Account, more: dict[str, str]) -> None:
    """Asynchronous calls, dry runs, versions (design: unknown means refused)."""
    account.create_function(PID)
    with pytest.raises(ClientError, match="does not emulate"):
        account.functions.invoke(FunctionName="f", **more)
    assert os.getpid() != invoke(account)
