"""Tests that would catch a pretence: each breaks one real thing and sees the real consequence. Source: issue 3."""

import io
import json
import os
import zipfile
from typing import Any

import boto3
import httpx2

from tests.journeys.checkout import REPOSITORY, Checkout
from tests.requirements import requirement


def aws(checkout: Checkout, service: str) -> Any:
    """An AWS SDK client for the checkout's local AWS."""
    return boto3.client(
        service,
        endpoint_url=checkout.status()["aws_endpoint_url"],
        region_name="us-east-1",
        **checkout.aws_keys(),
    )


def okta(checkout: Checkout) -> httpx2.Client:
    """A client for the Management API of the checkout's local Okta."""
    status = checkout.status()
    return httpx2.Client(
        base_url=status["okta_url"], headers={"Authorization": f"SSWS {status['okta_api_token']}"}, timeout=10
    )


def post_mcp(url: str) -> httpx2.Response:
    """An unauthenticated call of the MCP endpoint."""
    return httpx2.post(url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, timeout=30)


def built_zip() -> bytes:
    """The zip that `up` deployed: the newest of the program's cache."""
    zips = sorted((REPOSITORY / ".local/bundle").rglob("*.zip"), key=lambda path: path.stat().st_mtime)
    return zips[-1].read_bytes()


def without(archive: bytes, name: str) -> bytes:
    """The same zip with one module removed."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        removed = [item for item in source.infolist() if item.filename.startswith(name)]
        assert removed, f"{name} is not in the zip"
        for item in source.infolist():
            if item not in removed:
                target.writestr(item, source.read(item))
    return kept.getvalue()


@requirement("journeys:zip")
def test_a_module_missing_from_the_zip_is_the_runtimes_own_import_error(fresh: Checkout) -> None:
    """The function runs from the deployed bytes alone, so nothing of this machine fills the gap (issue 3)."""
    fresh.ok("up")
    outputs = fresh.outputs()
    assert post_mcp(outputs["url"]).status_code == 401
    broken = without(built_zip(), "mangum/")
    aws(fresh, "lambda").update_function_code(FunctionName=outputs["function_name"], ZipFile=broken)

    answer = post_mcp(outputs["url"])

    assert answer.status_code == 500
    logs = (fresh.root / f".local/logs/function-{outputs['function_name']}.log").read_text()
    assert "Runtime.ImportModuleError" in logs
    assert "No module named 'mangum'" in logs


@requirement("journeys:rules")
def test_a_rule_edited_through_the_management_api_ends_the_same_sign_in_differently(fresh: Checkout) -> None:
    """The policy's rules decide, not the emulator's code (issue 3; Okta, access policies)."""
    fresh.ok("up")
    fresh.ok("call", "whoami", as_person="reader@example.com")
    fresh.ok("logout")
    server = fresh.outputs()["authorization_server_id"]
    with okta(fresh) as org:
        policy = org.get(f"/api/v1/authorizationServers/{server}/policies").json()[0]
        rules = f"/api/v1/authorizationServers/{server}/policies/{policy['id']}/rules"
        for rule in org.get(rules).json():
            rule["conditions"]["scopes"]["include"] = ["openid"]
            assert org.put(f"{rules}/{rule['id']}", json=rule).status_code == 200

    refused = fresh.run("call", "whoami", as_person="reader@example.com")

    assert refused.code == 4, refused.err
    assert "Policy evaluation failed" in refused.err


@requirement("journeys:drift")
@requirement("journeys:permission")
def test_what_is_deleted_behind_pulumis_back_is_missed_and_found(fresh: Checkout) -> None:
    """Without its permission the API may not invoke the function: 500; refresh sees it; up mends it (issue 3)."""
    fresh.ok("up")
    outputs = fresh.outputs()
    function = aws(fresh, "lambda")
    policy = function.get_policy(FunctionName=outputs["function_name"])["Policy"]
    statement = json.loads(policy)["Statement"][0]["Sid"]
    function.remove_permission(FunctionName=outputs["function_name"], StatementId=statement)
    assert post_mcp(outputs["url"]).status_code == 500

    script = f'eval "$({os.fspath(fresh.root)}/.venv/bin/mcp-okta local env)"; pulumi refresh --yes --non-interactive'
    refreshed = fresh.shell(["sh", "-c", script])

    assert refreshed.code == 0, refreshed.err
    assert "1 deleted" in refreshed.out
    fresh.ok("up")
    assert post_mcp(outputs["url"]).status_code == 401
