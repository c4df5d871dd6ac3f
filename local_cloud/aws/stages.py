"""UpdateStage of API Gateway v2, which moto lacks, on moto's own object."""

import json
from datetime import datetime
from typing import Any

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
