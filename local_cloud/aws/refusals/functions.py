"""
What a function asks for that it would not get here, and what AWS itself refuses.

Source: AWS Lambda API reference, CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration; Lambda quotas;
Lambda environment variables, "Retrieve Lambda environment variables: reserved".
"""

import base64
import io
import json
import platform
import zipfile
from collections.abc import Mapping
from typing import Any

from local_cloud.aws.refusals.fields import lacking_field

DONE = {
    "CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "AddPermission", "RemovePermission",
    "PutFunctionConcurrency", "TagResource", "UntagResource", "Invoke",
}  # fmt: skip
CHECKED = {"CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"}
UNREAD = {"Invoke"}  # its body is the function's own
ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
_HONOURED = {
    "FunctionName", "Runtime", "Role", "Handler", "Code", "Description", "Timeout", "MemorySize", "Environment",
    "Tags", "ZipFile",
}  # fmt: skip
_NEUTRAL = {
    "Architectures": [ARCHITECTURE],
    "EphemeralStorage": {"Size": 512},
    "LoggingConfig": {"LogFormat": "Text"},
    "PackageType": "Zip",
    "SnapStart": {"ApplyOn": "None"},
    "TracingConfig": {"Mode": "PassThrough"},
}
_UNZIPPED_LIMIT = 262_144_000
_VARIABLES_LIMIT = 4096
_RESERVED = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
}  # fmt: skip


def lacking_of_function(wanted: Mapping[str, Any], runtime: str | None) -> str | None:
    """
    What this write asks for that is not emulated; None when there is nothing.

    Args:
        runtime: the only one that this machine has; None where nothing is run.
    """
    code = lacking_field(wanted.get("Code") or {}, {"ZipFile"}, {})
    lacking = lacking_field(wanted, _HONOURED, _NEUTRAL) or code
    if lacking:
        return lacking
    other = runtime and wanted.get("Runtime", runtime) != runtime
    return f"the runtime {wanted['Runtime']!r} (this machine runs {runtime})" if other else None


def fault_of_function(wanted: Mapping[str, Any]) -> str | None:
    """Why Lambda would not take this zip or these variables; None when it would."""
    zipped = (wanted.get("Code") or wanted).get("ZipFile")
    variables = (wanted.get("Environment") or {}).get("Variables") or {}
    return (_zip_fault(zipped) if zipped else None) or _variables_fault(variables)


def _zip_fault(zipped: str) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(zipped))) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError):  # not base64 at all, too
        return "Could not unzip uploaded file. Please check your file, then try to upload again."
    return f"Unzipped size must be smaller than {_UNZIPPED_LIMIT} bytes" if size >= _UNZIPPED_LIMIT else None


def _variables_fault(variables: Mapping[str, str]) -> str | None:
    """The whole of the variables is measured as JSON."""
    reserved = sorted(set(variables) & _RESERVED)
    begin = "Lambda was unable to configure your environment variables because the environment variables you have"
    if reserved:
        return (
            f"{begin} provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    size = len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())
    return f"{begin} provided exceeded the 4KB limit." if size > _VARIABLES_LIMIT else None
