"""What the program declares, property by property."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from infra.errors import AccountLookupFailed, GroupLookupFailed, GroupMissing
from tests.infra.cloud import (
    ACCOUNT,
    EXECUTION_ARN,
    GET_CALLER_IDENTITY,
    GET_GROUP,
    ROLE_ID,
    Cloud,
    Declared,
    Deployment,
    run_program,
    settings_of,
)
from tests.requirements import requirement

URL = "https://a1.execute-api.us-east-1.amazonaws.com/mcp"
RESERVED = ["offline_access", "openid", "profile", "email"]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in the place of the zip."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    path.write_bytes(b"zip")
    return path


@pytest.fixture(scope="module")
def deployment(bundle: Path) -> Deployment:
    """One run with nothing but the required settings and a branch."""
    return run_program(settings_of(branch="feature/#1"), bundle)


@requirement("infra:audience")
def test_the_only_audience_is_the_url(deployment: Deployment) -> None:
    """Tokens are issued for the public URL, lower case, byte for byte what the function and the client know."""
    server = deployment.one("Server")

    assert server["audiences"] == [URL]
    assert deployment.outputs["url"] == URL
    assert deployment.one("Function")["environment"]["variables"]["MCP_URL"] == URL


@requirement("infra:rules")
def test_rules_go_from_the_largest_set_down_one_after_the_other(deployment: Deployment) -> None:
    """Each rule waits for all scopes and for the rule before it (Okta: first match wins)."""
    rules = deployment.of("ServerPolicyRule")
    first, second = rules["rule-mcp-read-mcp-write"], rules["rule-mcp-read"]

    assert first.inputs["priority"] == 1
    assert first.inputs["groupWhitelists"] == ["00g-editors"]
    assert first.inputs["scopeWhitelists"] == ["mcp:read", "mcp:write", *RESERVED]
    assert second.inputs["priority"] == 2
    assert second.inputs["groupWhitelists"] == ["00g-readers"]
    assert second.inputs["scopeWhitelists"] == ["mcp:read", *RESERVED]
    assert {"scope-mcp-read", "scope-mcp-write"} <= first.dependencies
    assert {"scope-mcp-read", "scope-mcp-write", "rule-mcp-read-mcp-write"} <= second.dependencies


@requirement("infra:rules")
def test_rules_issue_tokens_for_the_code_grant_only(deployment: Deployment) -> None:
    """Refresh needs no grant in the rule (docs/facts/okta.md §7); access ≤ idle window ≤ refresh lifetime (§8)."""
    for rule in deployment.of("ServerPolicyRule").values():
        assert rule.inputs["grantTypeWhitelists"] == ["authorization_code"]
        assert rule.inputs["accessTokenLifetimeMinutes"] == 60
        assert rule.inputs["refreshTokenWindowMinutes"] == 10080
        assert rule.inputs["refreshTokenLifetimeMinutes"] == 129600


def test_groups_with_the_same_scopes_share_a_rule(bundle: Path) -> None:
    """A rule's groups are any-of, so one rule serves all groups of one set (docs/facts/okta.md §8)."""
    access = json.dumps({"readers": ["mcp:read"], "editors": ["mcp:read"]})
    (rule,) = run_program(settings_of(access=access), bundle).of("ServerPolicyRule").values()

    assert rule.inputs["groupWhitelists"] == ["00g-editors", "00g-readers"]


def test_the_policy_is_for_our_client_only(deployment: Deployment) -> None:
    """No other app of the org gets tokens for this server (docs/facts/okta.md §8)."""
    policy = deployment.one("ServerPolicy")

    assert policy["clientWhitelists"] == ["0oa1"]
    assert policy["priority"] == 1


def test_scopes_ask_for_no_consent_and_are_published(deployment: Deployment) -> None:
    """IMPLICIT consent, and published, so that clients find them in the metadata (docs/facts/okta.md §1, §8)."""
    scopes = deployment.of("ServerScope")

    assert {scope.inputs["name"] for scope in scopes.values()} == set(deployment.outputs["scopes"])
    for scope in scopes.values():
        assert scope.inputs["consent"] == "IMPLICIT"
        assert scope.inputs["metadataPublish"] == "ALL_CLIENTS"
        assert scope.inputs["description"]


@requirement("infra:app")
def test_the_app_is_a_public_client_with_rotation(deployment: Deployment) -> None:
    """Native, no secret, PKCE, rotating refresh tokens (RFC 8252, RFC 7636, RFC 9700)."""
    app = deployment.one("OAuth")

    assert app["type"] == "native"
    assert app["tokenEndpointAuthMethod"] == "none"
    assert app["pkceRequired"] is True
    assert app["grantTypes"] == ["authorization_code", "refresh_token"]
    assert app["responseTypes"] == ["code"]
    assert (app["refreshTokenRotation"], app["refreshTokenLeeway"]) == ("ROTATE", 30)
    assert app["consentMethod"] == "TRUSTED"
    assert (app["loginMode"], app["hideWeb"], app["hideIos"]) == ("DISABLED", True, True)
    assert not any("secret" in key.lower() for key in app)


@requirement("infra:redirects")
def test_both_loopback_hosts_are_registered_for_each_port(bundle: Path) -> None:
    """Okta compares as strings: localhost and 127.0.0.1 differ; other clients' URIs are not ours to listen on."""
    settings = settings_of(redirectPorts="9001,9002", extraRedirectUris="https://claude.ai/api/mcp/auth_callback")
    deployment = run_program(settings, bundle)
    ours = [f"http://{host}:{port}/callback" for port in (9001, 9002) for host in ("127.0.0.1", "localhost")]

    assert deployment.outputs["redirect_uris"] == ours
    assert deployment.one("OAuth")["redirectUris"] == [*ours, "https://claude.ai/api/mcp/auth_callback"]


@requirement("infra:assignments")
def test_each_group_of_access_is_assigned(deployment: Deployment) -> None:
    """Who is in no group of `access` may not use the app at all (issue 3 §2)."""
    assignments = deployment.of("GroupAssignment").values()

    assert {found.inputs["groupId"] for found in assignments} == {"00g-readers", "00g-editors"}
    assert {found.inputs["appId"] for found in assignments} == {"app-id"}


@requirement("infra:groups")
def test_missing_groups_are_named_before_anything_is_declared(bundle: Path) -> None:
    """All missing groups in one message that says what to do (issue 3, must show)."""
    cloud = Cloud(groups={})
    with pytest.raises(GroupMissing) as caught:
        run_program(settings_of(), bundle, cloud)

    assert "editors, readers" in caught.value.message
    assert caught.value.remedy.endswith("pulumi config set --stack dev createGroups true")
    assert str(caught.value) == f"{caught.value.message}\n  → {caught.value.remedy}"
    assert cloud.objects == []


def test_a_group_whose_name_merely_begins_the_same_is_not_taken(bundle: Path) -> None:
    """Okta's plugin takes a single partial match; we do not (its data source, getGroup)."""
    with pytest.raises(GroupMissing, match="readers"):
        run_program(settings_of(), bundle, Cloud(groups={"readers-of-news": "00g9", "editors": "00g2"}))


def test_an_unreachable_okta_is_not_called_a_missing_group(bundle: Path) -> None:
    """A failed question is reported as such (issue 3, must show: an unreachable Okta)."""

    cloud = Cloud(refused={GET_GROUP: "failed to query for groups: connection refused"})
    with pytest.raises(GroupLookupFailed, match="connection refused"):
        run_program(settings_of(), bundle, cloud)


def test_an_account_that_cannot_be_asked_for_stops_before_anything_is_declared(bundle: Path) -> None:
    """One message with a remedy, and nothing half done (design, outputs; seen in fault runs)."""
    cloud = Cloud(refused={GET_CALLER_IDENTITY: "the security token is expired"})
    with pytest.raises(AccountLookupFailed, match=r"which account this is: .*the security token is expired") as caught:
        run_program(settings_of(), bundle, cloud)

    assert "credentials" in caught.value.remedy
    assert cloud.objects == []


def test_groups_are_created_only_on_request(bundle: Path, caplog: pytest.LogCaptureFixture) -> None:
    """createGroups makes them, marks them, and says that they are empty (design, infra)."""
    deployment = run_program(settings_of(createGroups="true"), bundle, Cloud(groups={}))

    assert {found.inputs["name"] for found in deployment.of("Group").values()} == {"readers", "editors"}
    assert "[mcp-okta environment=dev]" in deployment.of("Group")["group-readers"].inputs["description"]
    assert "begin empty" in caplog.text


@requirement("infra:groups")
def test_a_group_that_the_stack_made_stays_declared_without_create_groups(
    bundle: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is no longer declared is deleted, and a group takes its members with it (Pulumi, resource lifecycle)."""
    own = "Finance. MCP server behind Okta [mcp-okta environment=dev id=0a1b2c3d]"
    deployment = run_program(settings_of(stackId="0a1b2c3d"), bundle, Cloud(described={"readers": own}))
    (group,) = deployment.of("Group").values()

    assert group.inputs == {"name": "readers", "description": own}
    assert group.options.imported == "00g-readers"
    assert {found.inputs["groupId"] for found in deployment.of("GroupAssignment").values()} == {
        "group-readers-id",
        "00g-editors",
    }
    assert "readers belong to this stack" in caplog.text
    assert "begin empty" not in caplog.text


@requirement("infra:groups")
@pytest.mark.parametrize("whose", ["environment=dev id=ffffffff", "environment=dev", "environment=dev2 id=0a1b2c3d"])
@pytest.mark.parametrize("create", [False, True])
def test_the_group_of_another_stack_is_never_taken_over(bundle: Path, whose: str, create: bool) -> None:
    """A colleague's stack may have the same name; what is imported would go with `down` (ours)."""
    cloud = Cloud(described=dict.fromkeys(("readers", "editors"), f"MCP server behind Okta [mcp-okta {whose}]"))
    settings = settings_of(stackId="0a1b2c3d", createGroups=str(create).lower())
    groups = run_program(settings, bundle, cloud).of("Group")

    assert set(groups) == ({"group-readers", "group-editors"} if create else set())
    assert not any(group.options.imported for group in groups.values())


def test_a_mark_without_an_id_keeps_a_group_and_takes_none_over(bundle: Path) -> None:
    """It may be a colleague's: one that the state holds stays, another one is Okta's own conflict (ours)."""
    mark = "MCP server behind Okta [mcp-okta environment=dev]"
    (group,) = run_program(settings_of(), bundle, Cloud(described={"readers": mark})).of("Group").values()

    assert (group.inputs["name"], group.options.imported) == ("readers", "")


def test_a_group_that_the_state_lost_is_taken_back_with_its_members(bundle: Path) -> None:
    """Another of the same name cannot be created, and the one that is there is the stack's own (ours)."""
    mark = "MCP server behind Okta [mcp-okta environment=dev id=0a1b2c3d]"
    settings = settings_of(stackId="0a1b2c3d", createGroups="true")
    groups = run_program(settings, bundle, Cloud(described={"readers": mark})).of("Group")

    assert groups["group-readers"].options.imported == "00g-readers"
    assert groups["group-editors"].options.imported == ""


@requirement("infra:permission")
def test_only_this_api_may_call_the_function(deployment: Deployment) -> None:
    """The permission names API Gateway and this API's ARN (AWS Lambda, permissions)."""
    permission = deployment.one("Permission")

    assert permission["principal"] == "apigateway.amazonaws.com"
    assert permission["sourceArn"] == f"{EXECUTION_ARN}/*/*"
    assert permission["action"] == "lambda:InvokeFunction"


@requirement("infra:challenge")
def test_the_challenge_is_mapped_back_on_401_and_403(deployment: Deployment) -> None:
    """The gateway renames WWW-Authenticate; the copy in our own header is mapped back."""
    integration = deployment.one("Integration")
    mapping = {"overwrite:header.www-authenticate": "$response.header.mcp-challenge"}

    assert {found["statusCode"]: found["mappings"] for found in integration["responseParameters"]} == {
        "401": mapping,
        "403": mapping,
    }
    assert (integration["integrationType"], integration["payloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    assert integration["integrationUri"] == "arn:invoke:mcp-okta-dev"
    assert integration["timeoutMilliseconds"] == 30_000


def test_routes_come_last_and_lead_only_to_what_the_function_serves(deployment: Deployment) -> None:
    """The integration waits for the permission; every other path is the gateway's own 404 (design, infra)."""
    routes = deployment.of("apigatewayv2/route:Route")

    assert "permission" in deployment.of("Integration")["integration"].dependencies
    assert {found.inputs["routeKey"] for found in routes.values()} == {
        "ANY /mcp",
        "GET /.well-known/oauth-protected-resource",
        "OPTIONS /.well-known/oauth-protected-resource",
        "GET /.well-known/oauth-protected-resource/mcp",
        "OPTIONS /.well-known/oauth-protected-resource/mcp",
    }
    assert {found.inputs["target"] for found in routes.values()} == {"integrations/integration-id"}


@requirement("infra:throttling")
def test_both_throttling_values_are_set(deployment: Deployment) -> None:
    """A missing one can be sent as 0, which stops every request (design, infra)."""
    stage = deployment.one("Stage")

    assert stage["defaultRouteSettings"] == {"throttlingRateLimit": 50, "throttlingBurstLimit": 100}
    assert (stage["name"], stage["autoDeploy"]) == ("$default", True)


@requirement("infra:logs")
def test_the_function_may_write_to_its_own_log_and_nothing_else(deployment: Deployment) -> None:
    """No CreateLogGroup: a late line would bring the group back after `down` (design, infra)."""
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/mcp-okta-dev:*"
    document = json.loads(deployment.of("RolePolicy")["policy"].inputs["policy"])

    assert document["Statement"] == [
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": group}
    ]
    assert {"log", "policy"} <= deployment.of("Function")["function"].dependencies
    principal = json.loads(deployment.one("Role")["assumeRolePolicy"])["Statement"][0]["Principal"]
    assert principal == {"Service": "lambda.amazonaws.com"}


@requirement("infra:notes")
def test_the_notes_are_keyed_by_person_encrypted_and_restorable(deployment: Deployment) -> None:
    """Partition key is the Okta uid; point-in-time recovery and encryption at rest (issue 5, item 5)."""
    table = deployment.one("Table")

    assert (table["hashKey"], table["rangeKey"], table["billingMode"]) == ("owner", "id", "PAY_PER_REQUEST")
    assert table["localSecondaryIndexes"][0]["rangeKey"] == "created"
    assert table["pointInTimeRecovery"] == {"enabled": True}
    assert table["serverSideEncryption"] == {"enabled": True}


@requirement("infra:notes")
@pytest.mark.parametrize(("branch_of", "lasting"), [("", True), ("dev", False)])
def test_notes_that_last_are_deleted_by_no_change_and_those_of_a_branch_leave_no_backup(
    bundle: Path, branch_of: str, lasting: bool
) -> None:
    """
    Protected and never deleted before a replacement; recovery would keep a backup for 35 days after `down`.

    Source: AWS, DynamoDB: deletion protection; backups of the system.
    """
    table = run_program(settings_of("stack", branchOf=branch_of), bundle).of("Table")["table"]

    assert table.inputs["deletionProtectionEnabled"] is lasting
    assert table.inputs["pointInTimeRecovery"] == {"enabled": lasting}
    assert table.inputs["serverSideEncryption"] == {"enabled": True}
    assert table.options.delete_before_replace is not lasting


@requirement("infra:notes")
def test_the_function_may_use_single_notes_and_list_one_persons_and_nothing_else(deployment: Deployment) -> None:
    """Least privilege: no Scan, no batches, no table of another name (issue 5, item 5)."""
    document = json.loads(deployment.of("RolePolicy")["policy-use-notes"].inputs["policy"])
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/mcp-okta-dev"

    assert [(item["Action"], item["Resource"]) for item in document["Statement"]] == [
        ([f"dynamodb:{action}" for action in ("DeleteItem", "GetItem", "PutItem")], table),
        (["dynamodb:Query"], f"{table}/index/by-creation"),
    ]
    assert "policy-use-notes" in deployment.of("Function")["function"].dependencies


KEY = {"kty": "RSA", "kid": "k1", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xff" * 256).decode().rstrip("=")}
SERVICES = json.dumps(
    {"nightly": {"scopes": ["mcp:read"], "keys": [KEY]}, "ci": {"scopes": ["mcp:write", "mcp:read"], "keys": [KEY]}}
)


def app_of(deployment: Deployment, service: str) -> Declared:
    """The one app of the service."""
    (found,) = [app for name, app in deployment.of("OAuth").items() if name.startswith(f"service-{service}-")]
    return found


def with_keys(*kids: str) -> str:
    """One service with these keys."""
    return json.dumps({"nightly": {"scopes": ["mcp:read"], "keys": [{**KEY, "kid": kid} for kid in kids]}})


@requirement("infra:services")
def test_another_key_is_another_app_and_another_order_is_not(bundle: Path) -> None:
    """
    The app is never changed in its place, since Okta's plugin sends keys without `use`.

    Source: terraform-provider-okta, resource_okta_app_oauth.go (buildAppOAuthV6) and pull request 2840.
    """
    one, other, both = (run_program(settings_of(services=with_keys(*kids)), bundle) for kids in ("a", "b", "ab"))
    turned = run_program(settings_of(services=with_keys("b", "a")), bundle)
    apps = [app_of(found, "nightly") for found in (one, other, both, turned)]

    assert len({app.inputs["label"] for app in apps[:3]}) == 3
    assert apps[2] == apps[3]
    assert set(both.of("OAuth")) == set(turned.of("OAuth"))
    assert [key["kid"] for key in apps[3].inputs["jwks"]] == ["a", "b"]


@requirement("infra:services")
def test_no_change_of_a_services_app_is_an_update(bundle: Path) -> None:
    """The order in which Okta gives its keys back is no change, every other one replaces it (Pulumi, options)."""
    options = app_of(run_program(settings_of(services=SERVICES), bundle), "nightly").options

    assert (options.replace_on_changes, options.ignore_changes) == (["*"], ["jwks"])
    assert options.delete_before_replace is True  # of the same keys, so of the same label


@requirement("infra:services")
def test_each_service_has_an_app_a_policy_and_a_rule_of_its_own(bundle: Path) -> None:
    """Private-key authentication, client credentials, its scopes only (issue 5, item 7; RFC 7523 §2.2)."""
    deployment = run_program(settings_of(services=SERVICES), bundle)
    app = app_of(deployment, "nightly").inputs
    rule = deployment.of("ServerPolicyRule")["rule-nightly"].inputs

    assert (app["type"], app["tokenEndpointAuthMethod"], app["jwks"]) == ("service", "private_key_jwt", [KEY])
    assert app["grantTypes"] == ["client_credentials"]
    assert app["label"].startswith("mcp-okta-dev-service-nightly-")
    assert deployment.of("ServerPolicy")["policy-nightly"].inputs["clientWhitelists"] == ["0oa1-service-nightly"]
    assert (rule["grantTypeWhitelists"], rule["scopeWhitelists"]) == (["client_credentials"], ["mcp:read"])
    assert deployment.of("ServerPolicyRule")["rule-ci"].inputs["scopeWhitelists"] == ["mcp:read", "mcp:write"]


@requirement("infra:services")
def test_the_policies_of_services_come_one_after_the_other_behind_the_peoples(bundle: Path) -> None:
    """Okta mixes up priorities that are written at the same moment (docs/facts/okta.md §8)."""
    policies = run_program(settings_of(services=SERVICES), bundle).of("ServerPolicy")

    assert [policies[name].inputs["priority"] for name in ("policy", "policy-nightly", "policy-ci")] == [1, 2, 3]
    assert "policy" in policies["policy-nightly"].dependencies
    assert "rule-nightly" in policies["policy-ci"].dependencies


@requirement("infra:services")
def test_function_and_outputs_know_the_services_apart_from_the_people(bundle: Path) -> None:
    """A service's token is taken only from a service's app (issue 5, items 4 and 7)."""
    deployment = run_program(settings_of(services=SERVICES), bundle)
    variables = deployment.one("Function")["environment"]["variables"]

    assert variables["OKTA_SERVICE_CLIENT_IDS"] == "0oa1-service-nightly,0oa1-service-ci"
    assert variables["OKTA_CLIENT_IDS"] == "0oa1"
    assert deployment.outputs["services"] == {
        "nightly": {"client_id": "0oa1-service-nightly", "scopes": ["mcp:read"]},
        "ci": {"client_id": "0oa1-service-ci", "scopes": ["mcp:read", "mcp:write"]},
    }


@requirement("infra:device")
@pytest.mark.parametrize("wanted", [False, True])
def test_device_login_is_possible_only_where_the_configuration_says_so(bundle: Path, wanted: bool) -> None:
    """App and rules must both have the grant (docs/facts/okta.md §7; RFC 8628)."""
    deployment = run_program(settings_of(deviceLogin=str(wanted).lower()), bundle)
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    rules = [rule.inputs["grantTypeWhitelists"] for rule in deployment.of("ServerPolicyRule").values()]

    assert (grant in deployment.one("OAuth")["grantTypes"]) is wanted
    assert all((grant in grants) is wanted for grants in rules)
    assert deployment.outputs["device_login"] is wanted


@requirement("infra:logs")
def test_logs_have_a_retention_and_the_access_log_is_vended(deployment: Deployment) -> None:
    """Access-log groups of another name grow a region-wide resource policy until it overflows (design, infra)."""
    logs = {found.inputs["name"]: found.inputs["retentionInDays"] for found in deployment.of("LogGroup").values()}
    settings = deployment.one("Stage")["accessLogSettings"]

    assert logs == {"/aws/lambda/mcp-okta-dev": 14, "/aws/vendedlogs/mcp-okta-dev": 14}
    assert settings["destinationArn"].endswith("log-group:/aws/vendedlogs/mcp-okta-dev")
    assert json.loads(settings["format"])["requestId"] == "$context.requestId"


@requirement("infra:marks")
def test_everything_is_named_and_marked_after_its_environment(deployment: Deployment) -> None:
    """Tags on AWS, descriptions and notes on Okta, a name in both (design, contracts)."""
    mark = "[mcp-okta environment=dev]"
    tags = {
        "mcp-okta:project": "mcp-okta",
        "mcp-okta:environment": "dev",
        "mcp-okta:branch": "feature/_1",
    }

    for kind in ("Api", "Stage", "Role", "Function"):
        assert deployment.one(kind)["tags"] == tags
    assert all(found.inputs["tags"] == tags for found in deployment.of("LogGroup").values())
    assert {deployment.one(kind)["name"] for kind in ("Api", "Role", "Function", "Server", "ServerPolicy")} == {
        "mcp-okta-dev"
    }
    assert deployment.one("OAuth")["label"] == "mcp-okta-dev"
    assert mark in deployment.one("Server")["description"]
    assert mark in deployment.one("ServerPolicy")["description"]
    assert mark in deployment.one("OAuth")["adminNote"]


@requirement("infra:marks")
def test_the_stacks_own_id_is_in_every_mark(bundle: Path) -> None:
    """A colleague's stack may have the same name; the random id tells whose an object is (ours)."""
    deployment = run_program(settings_of(stackId="0a1b2c3d", createGroups="true"), bundle, Cloud(groups={}))
    mark = "[mcp-okta environment=dev id=0a1b2c3d]"

    for kind in ("Api", "Stage", "Role", "Function"):
        assert deployment.one(kind)["tags"]["mcp-okta:stack-id"] == "0a1b2c3d"
    notes = [deployment.one(kind)["description"] for kind in ("Server", "ServerPolicy")]
    groups = [group.inputs["description"] for group in deployment.of("Group").values()]
    assert all(mark in text for text in [*notes, *groups, deployment.one("OAuth")["adminNote"]])
    assert deployment.outputs["stack_id"] == "0a1b2c3d"


def test_every_resource_has_a_component_as_parent_and_none_waits_for_one(deployment: Deployment) -> None:
    """Waiting for a component hangs when a child of it needs you (design, infra)."""
    components = {"endpoint", "authorization", "notes", "function", "route"}

    for found in deployment.declared.values():
        if not found.type.startswith(("mcp-okta:", "pulumi:")):
            assert found.parent in components
    waits = [found.dependencies for found in deployment.declared.values()]
    assert not any(wait & (components - {"function"}) for wait in waits)


def test_the_function_runs_the_zip(deployment: Deployment, bundle: Path) -> None:
    """Memory, timeout, runtime and the hash that Lambda itself reports (design, infra)."""
    function = deployment.one("Function")

    assert function["handler"] == "lambda_server.handler.handler"
    assert (function["runtime"], function["architectures"]) == ("python3.13", ["x86_64"])
    assert (function["memorySize"], function["timeout"]) == (1024, 29)
    assert function["code"].path == str(bundle)
    assert function["sourceCodeHash"] == base64.b64encode(hashlib.sha256(b"zip").digest()).decode()
    assert "reservedConcurrentExecutions" not in function


def test_a_role_that_was_made_anew_gets_a_new_function(deployment: Deployment) -> None:
    """
    Its name is the old one's, but Lambda's grant for the key of the variables is the old one's alone.

    Source: Terraform, aws_lambda_function, KMSAccessDeniedException: recreate the function after its role.
    """
    assert deployment.of("Function")["function"].options.replacement_trigger == ROLE_ID


@requirement("infra:environment")
def test_the_functions_environment_is_the_contract(bundle: Path) -> None:
    """Names and forms of docs/architecture.md, contract 2; what has no value is absent."""
    deployment = run_program(settings_of(allowedOrigins="https://a.example.com", reservedConcurrency="5"), bundle)

    assert deployment.one("Function")["environment"]["variables"] == {
        "MCP_URL": URL,
        "OKTA_ISSUER": "https://acme.okta.com/oauth2/aus1",
        "OKTA_CLIENT_IDS": "0oa1",
        "BASE_SCOPES": "mcp:read",
        "TOKEN_CHECK": "jwt",
        "LOG_LEVEL": "INFO",
        "NOTES_TABLE": "mcp-okta-dev",
        "ALLOWED_ORIGINS": "https://a.example.com",
    }
    assert deployment.one("Function")["reservedConcurrentExecutions"] == 5


@requirement("infra:outputs")
def test_the_outputs_are_the_contract(deployment: Deployment) -> None:
    """Names and forms of docs/architecture.md, contract 1; none of them is a secret."""
    assert {**deployment.outputs, "redirect_uris": len(deployment.outputs["redirect_uris"])} == {
        "url": URL,
        "issuer": "https://acme.okta.com/oauth2/aus1",
        "client_id": "0oa1",
        "scopes": ["mcp:read", "mcp:write"],
        "base_scopes": ["mcp:read"],
        "redirect_uris": 6,
        "device_login": False,
        "services": {},
        "access": {"readers": ["mcp:read"], "editors": ["mcp:read", "mcp:write"]},
        "environment": "dev",
        "region": "us-east-1",
        "function_name": "mcp-okta-dev",
        "api_id": "api-id",
        "authorization_server_id": "server-id",
        "branch": "feature/#1",
        "branch_of": "",
        "stack_id": "",
        "okta_org": "https://acme.okta.com",
        "aws_account": ACCOUNT,
    }
