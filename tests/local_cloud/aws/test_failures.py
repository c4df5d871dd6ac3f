"""How functions fail: what the caller gets, and what the log says. Source: AWS Lambda, Troubleshoot invocation."""

import base64
import json
import re
from typing import Any

import pytest

from local_cloud.aws.lambda_runtime import environment
from tests.local_cloud.aws.account import ECHO, Account, zipped
from tests.local_cloud.aws.test_functions import invoke
from tests.requirements import requirement

ID = "[0-9a-f-]{36}"
HANDLER = "def handler(event, context):\n    return 1"
EXITED = f"RequestId: {ID} Error: Runtime exited with"
# code, settings, errorType, errorMessage
FAILURES: list[tuple[str, dict[str, Any], str, str]] = [
    ("import nothing", {}, "Runtime.ImportModuleError", r"Unable to import module 'h': No module named 'nothing'"),
    ("def handler(", {}, "Runtime.UserCodeSyntaxError", r"Syntax error in module 'h': .*"),
    ("x = 1", {}, "Runtime.HandlerNotFound", r"Handler 'handler' missing on module 'h'"),
    (HANDLER, {"Handler": "nodot"}, "Runtime.MalformedHandlerName", r"Bad handler 'nodot': .*"),
    (HANDLER, {"Handler": "other.handler"}, "Runtime.ImportModuleError", r"Unable to import module 'other': .*"),
    ("raise KeyError('x')", {}, "KeyError", r"'x'"),
    ("import os\nos._exit(7)", {}, "Runtime.ExitError", f"{EXITED} error: exit status 7"),
    ("import os\nos._exit(0)", {}, "Runtime.ExitError", f"{EXITED}out providing a reason"),
]  # fmt: skip


def failed(account: Account, event: Any = None, **more: Any) -> dict[str, Any]:
    """The whole answer of a call whose function fails."""
    answer: dict[str, Any] = account.functions.invoke(FunctionName="f", Payload=json.dumps(event), **more)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    return {**answer, "body": json.loads(answer["Payload"].read())}


def log_of(account: Account) -> list[str]:
    """The function's log without its times, and without what the local cloud says in it."""
    lines = [line.partition(" ")[2] for line in account.log_of().splitlines() if re.match(r"\d{4}-\d\d-\d\dT", line)]
    return [line for line in lines if not line.startswith("CloudWatch gets no lines")]


@pytest.fixture
def fresh(account: Account) -> Account:
    """An account whose log is empty."""
    (account.root / ".local/logs/function-f.log").unlink(missing_ok=True)
    return account


@requirement("aws:failures")
@pytest.mark.parametrize(("code", "settings", "kind", "message"), FAILURES)
def test_a_function_that_cannot_start_fails_as_on_aws(
    fresh: Account, code: str, settings: dict[str, Any], kind: str, message: str
) -> None:
    """Tried twice, reported twice, and then the call's own END and REPORT (AWS Lambda, failures in the Init phase)."""
    fresh.create_function(code, **settings)
    body = failed(fresh)["body"]

    assert body["errorType"] == kind
    assert re.fullmatch(message, body["errorMessage"], re.DOTALL)
    lines = log_of(fresh)
    reports = [line.partition("\t")[2] for line in lines if line.startswith("INIT_REPORT")]
    assert reports == [f"Phase: {phase}\tStatus: error\tError Type: {kind}" for phase in ("init", "invoke")]
    assert lines[0].startswith("INIT_START Runtime Version: python:3.")
    order = [line.split(" ")[0] for line in lines if line.startswith(("START", "END", "REPORT"))]
    assert order == ["START", "END", "REPORT"]
    assert lines[-1].endswith(f"\tStatus: error\tError Type: {kind}")


@requirement("aws:failures")
def test_an_init_that_takes_too_long_is_tried_again_within_the_functions_timeout(
    fresh: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INIT_REPORT Status: timeout, then the call: it may be faster then, or time out (AWS Lambda, Init phase)."""
    monkeypatch.setattr(environment, "INIT_SECONDS", 0.5)
    mark = fresh.root / "slow-once"
    mark.unlink(missing_ok=True)
    slow = f"import os, time\nif not os.path.exists({str(mark)!r}):\n    os.mknod({str(mark)!r})\n    time.sleep(60)\n"
    fresh.create_function(slow + HANDLER, Timeout=20)
    assert invoke(fresh) == 1
    first = [line for line in log_of(fresh) if line.startswith(("INIT_REPORT", "REPORT"))]
    fresh.functions.update_function_configuration(FunctionName="f", Timeout=1)
    fresh.functions.update_function_code(FunctionName="f", ZipFile=zipped("import time\ntime.sleep(60)"))
    body = failed(fresh)["body"]

    assert first[0].endswith("Phase: init\tStatus: timeout")
    assert len(first) == 2 and "Init Duration" not in first[1]
    assert re.fullmatch(f"RequestId: {ID} Error: Task timed out after 1.00 seconds", body["errorMessage"])
    assert log_of(fresh)[-1].endswith("Status: timeout")


@requirement("aws:failures")
def test_a_call_that_times_out_says_so_to_the_caller_and_in_the_log(fresh: Account) -> None:
    """Sandbox.Timedout; the duration is the timeout (AWS Lambda, Troubleshoot: timeouts)."""
    fresh.create_function(
        "import time\ndef handler(event, context):\n    print('begun')\n    time.sleep(60)", Timeout=1
    )
    body = failed(fresh)["body"]
    lines = log_of(fresh)

    assert body["errorType"] == "Sandbox.Timedout"
    assert re.fullmatch(f"RequestId: {ID} Error: Task timed out after 1.00 seconds", body["errorMessage"])
    assert [line.split(" ")[0] for line in lines[1:3]] == ["START", "begun"]
    assert re.fullmatch(f"{ID} Task timed out after 1.00 seconds", lines[3])
    assert "\tDuration: 1000.00 ms\t" in lines[-1] and lines[-1].endswith("\tStatus: timeout")


@requirement("aws:failures")
def test_a_process_that_is_killed_in_a_call_is_named_with_its_signal(fresh: Account) -> None:
    """As when Lambda runs out of memory (AWS Lambda, Troubleshoot)."""
    fresh.create_function("import os\ndef handler(event, context):\n    os.kill(os.getpid(), 9)")

    assert failed(fresh)["body"]["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert "Runtime.ExitError" in log_of(fresh)


@requirement("aws:invoke")
def test_the_tail_of_the_log_comes_with_the_answer(account: Account) -> None:
    """LogType=Tail: the last 4 KB of this call's log, of a failing call too (AWS Lambda API, Invoke)."""
    account.create_function(
        "def handler(event, context):\n    print('x' * event['n'])\n    return event['n'] / event['d']"
    )

    def tail(**event: int) -> str:
        answer = account.functions.invoke(FunctionName="f", Payload=json.dumps(event), LogType="Tail")
        return base64.b64decode(answer["LogResult"]).decode()

    short, long, wrong = tail(n=3, d=1), tail(n=9000, d=1), tail(n=1, d=0)
    assert re.search(f"START RequestId: {ID} Version: \\$LATEST\nxxx\nEND RequestId: {ID}\nREPORT ", short)
    assert len(long) == 4096 and "xxx\nEND" in long
    assert wrong.startswith("START") and "[ERROR] ZeroDivisionError: division by zero\nTraceback" in wrong


@requirement("aws:concurrency")
def test_a_function_that_is_reserved_to_nothing_runs_never(account: Account) -> None:
    """ReservedConcurrentExecutions 0 stops it, with the reason (AWS Lambda API, Invoke: TooManyRequestsException)."""
    account.create_function(ECHO)
    account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    error = account.functions.exceptions.TooManyRequestsException
    with pytest.raises(error, match="Rate Exceeded") as raised:
        invoke(account)

    assert raised.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    account.functions.delete_function_concurrency(FunctionName="f")
    assert invoke(account, 1) == 1
