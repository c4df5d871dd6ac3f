"""The environment variables of a function's process."""

from pathlib import Path

from local_cloud.aws.account import REGION, Function
from local_cloud.aws.identity import Session


def child_variables(
    function: Function,
    runtime_api: str,
    folders: tuple[Path, Path],
    endpoint_url: str,
    session: Session,
    log_stream: str,
) -> dict[str, str]:
    """
    The whole environment of the process: what Lambda sets and what the function configures; nothing of the host's.

    Args:
        folders: of the function's code, and of the runtime client.

    Source: AWS, Lambda environment variables, "Defined runtime environment variables". `AWS_ENDPOINT_URL` is ours:
    it leads the AWS SDK inside the function to the local AWS.
    """
    shared = {"AWS_ENDPOINT_URL": endpoint_url, "LANG": "en_US.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    reserved = _reserved(function, runtime_api, folders, log_stream)
    return {**shared, **dict(function.variables), **reserved, **_credentials(session), **_PYTHON}


def _credentials(session: Session) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.token,
    }


def _reserved(function: Function, runtime_api: str, folders: tuple[Path, Path], log_stream: str) -> dict[str, str]:
    """What a function cannot set itself."""
    return {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_megabytes),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "LAMBDA_RUNTIME_DIR": str(folders[1]),
        "LAMBDA_TASK_ROOT": str(folders[0]),
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }


# The task root is read-only on AWS: nothing is compiled into it, and nothing of the user's is on the path.
_PYTHON = {"PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
