"""An interpreter that holds AWS's runtime client and nothing else, made once per root from hashed requirements."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from uv import find_uv_bin

from local_cloud.aws.errors import InterpreterFailed

INSTALL_SECONDS = 180


def make_interpreter(folder: Path, requirements: Path, report: Callable[[str], None]) -> Path:
    """
    The path of the interpreter in `folder`; made there if it is missing or of another lock.

    Raises:
        InterpreterFailed: the packages could not be installed.

    Source: AWS, Building Lambda functions with Python (the runtime brings the runtime client alone).
    """
    mark = folder / "made-from"
    python = folder / "bin/python"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest() + f" {sys.version_info[:3]}"
    if python.exists() and mark.exists() and mark.read_text() == wanted:
        return python
    report("making the function's interpreter (once)")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    uv = [find_uv_bin(), "--no-config"]
    _run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    install = ["pip", "install", "--quiet", "--python", str(python), "--require-hashes", "--only-binary", ":all:"]
    _run([*uv, *install, "-r", str(requirements)])
    mark.write_text(wanted)
    return python


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        why = "it took too long" if done is None else done.stderr.strip()[-2000:] or "no reason given"
        raise InterpreterFailed(
            f"the function's interpreter could not be made: {why}", "check the network, then: mcp-okta local up"
        )
