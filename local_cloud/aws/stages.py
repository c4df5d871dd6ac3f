"""UpdateStage, and the tags of stages, of API Gateway v2, which moto lacks, on moto's own objects."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from moto.apigatewayv2.exceptions import APIGatewayV2Error

from local_cloud.aws.account import gateway
from local_cloud.aws.replies import Reply, json_reply, read_body, refusal

_ATTRIBUTES = {
    "accessLogSettings": "access_log_settings",
    "autoDeploy": "auto_deploy",
    "defaultRouteSettings": "default_route_settings",
    "description": "description",
    "routeSettings": "route_settings",
    "stageVariables": "stage_variables",
}


def update_stage(environ: dict[str, Any], api_id: str, stage_name: str) -> Reply:
    """
    Change the given settings of a stage and answer with the whole stage.

    Source: API Gateway v2 API reference, UpdateStage.
    """
    try:
        wanted = json.loads(read_body(environ) or b"{}")
        stage = gateway().get_stage(api_id, stage_name)
    except ValueError:
        return refusal(environ, 400, "BadRequestException", "Invalid request body")
    except APIGatewayV2Error as error:
        return refusal(environ, 404, "NotFoundException", error.message)
    unknown = sorted(set(wanted) - set(_ATTRIBUTES)) if isinstance(wanted, dict) else ["a body that is no object"]
    if unknown:
        return refusal(environ, 400, "BadRequestException", f"not emulated in UpdateStage: {', '.join(unknown)}")
    for name, value in wanted.items():
        setattr(stage, _ATTRIBUTES[name], value)
    stage.updated = datetime.now()
    return json_reply(200, stage.to_json())


def tag_stage(environ: dict[str, Any], method: str, api_id: str, stage_name: str) -> Reply:
    """
    Add, remove or list a stage's tags.

    Source: API Gateway v2 API reference, TagResource (201), UntagResource (204), GetTags.
    """
    try:
        tags: dict[str, str] = gateway().get_stage(api_id, stage_name).tags
        added = json.loads(read_body(environ))["tags"] if method == "POST" else {}
    except (ValueError, KeyError, TypeError):
        return refusal(environ, 400, "BadRequestException", "Invalid request body")
    except APIGatewayV2Error as error:
        return refusal(environ, 404, "NotFoundException", error.message)
    if method == "GET":
        return json_reply(200, {"tags": tags})
    tags.update(added)
    for name in parse_qs(environ.get("QUERY_STRING", "")).get("tagKeys", []) if method == "DELETE" else []:
        tags.pop(name, None)
    return json_reply(201, {}) if method == "POST" else Reply(204)
