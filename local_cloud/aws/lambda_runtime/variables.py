"""The environment variables of a function's process."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.aws.account import REGION, Function


def child_variables(function: Function, runtime_api: str, task_root: Path, endpoint_url: str) -> dict[str, str]:
    """
    The whole environment of the process: what Lambda sets and what the function configures; nothing of the host's.

    Source: AWS, Lambda environment variables, "Defined runtime environment variables". `AWS_ENDPOINT_URL` is ours:
    it leads the AWS SDK inside the function to the local AWS.
    """
    shared = {"AWS_ENDPOINT_URL": endpoint_url, "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return {**shared, **dict(function.variables), **_reserved(function, runtime_api, task_root), **_PYTHON}


def _reserved(function: Function, runtime_api: str, task_root: Path) -> dict[str, str]:
    """What a function cannot set itself."""
    stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
    return {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_megabytes),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "LAMBDA_TASK_ROOT": str(task_root),
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }


# The task root is read-only on AWS: nothing is compiled into it, and nothing of the user's is on the path.
_PYTHON = {"PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
