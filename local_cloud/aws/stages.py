"""UpdateStage of API Gateway v2, which moto lacks, on moto's own object."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2.exceptions import APIGatewayV2Error

from local_cloud.aws.account import gateway

_ATTRIBUTES = {
    "accessLogSettings": "access_log_settings",
    "autoDeploy": "auto_deploy",
    "defaultRouteSettings": "default_route_settings",
    "description": "description",
    "routeSettings": "route_settings",
    "stageVariables": "stage_variables",
}


def update_stage(
    api_id: str, stage_name: str, environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    """
    Change the given settings of a stage and answer with the whole stage.

    Source: API Gateway v2 API reference, UpdateStage.
    """
    try:
        wanted = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        unknown = set(wanted) - set(_ATTRIBUTES)
        if unknown:
            return _answer(400, {"message": f"not emulated in UpdateStage: {sorted(unknown)}"}, start_response)
        stage = gateway().get_stage(api_id, unquote(stage_name))
    except ValueError:
        return _answer(400, {"message": "Invalid request body"}, start_response)
    except APIGatewayV2Error as error:
        return _answer(404, {"message": error.message}, start_response)
    for name, value in wanted.items():
        setattr(stage, _ATTRIBUTES[name], value)
    stage.updated = datetime.now()
    return _answer(200, stage.to_json(), start_response)


def _answer(status: int, document: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = json.dumps(document).encode()
    reason = {200: "200 OK", 400: "400 Bad Request", 404: "404 Not Found"}[status]
    kind = {400: "BadRequestException", 404: "NotFoundException"}.get(status, "")
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(reason, headers + ([("x-amzn-ErrorType", kind)] if kind else []))
    return [body]
