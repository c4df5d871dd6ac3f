"""The control plane: what the local AWS adds to moto, and what it refuses."""

import socket

import httpx2
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_cloud.aws import AwsCloud
from local_cloud.aws.ports import ApiPorts
from tests.local_cloud.aws.account import Account, session_of
from tests.requirements import requirement


def client_of(account: Account, service: str, region: str = "us-east-1") -> object:
    """A client of one service that does not try again."""
    settings = Config(retries={"total_max_attempts": 1})
    return session_of(account.cloud, region).client(service, endpoint_url=account.cloud.endpoint_url, config=settings)


def port_of(url: str) -> int:
    """The port of a URL."""
    return int(url.rpartition(":")[2])


@requirement("aws:port-kept")
def test_an_api_keeps_its_port_when_it_is_made_again_or_renamed(account: Account) -> None:
    """The URL is in the audience: it belongs to the name, and goes with it (design); the door follows the API."""
    gateway = account.gateway
    first = gateway.create_api(Name="kept", ProtocolType="HTTP")
    gateway.delete_api(ApiId=first["ApiId"])
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port_of(first["ApiEndpoint"]))) != 0
    second = gateway.create_api(Name="kept", ProtocolType="HTTP")
    gateway.update_api(ApiId=second["ApiId"], Name="renamed")

    assert second["ApiEndpoint"] == first["ApiEndpoint"]
    assert gateway.get_api(ApiId=second["ApiId"])["ApiEndpoint"] == first["ApiEndpoint"]
    assert account.cloud.apis() == {"renamed": first["ApiEndpoint"]}
    assert [api["ApiEndpoint"] for api in gateway.get_apis()["Items"]] == [first["ApiEndpoint"]]
    assert ApiPorts(account.root / ".local/api-ports.json").port_of("renamed") == port_of(first["ApiEndpoint"])


def test_apis_of_the_same_name_have_different_addresses(account: Account) -> None:
    """AWS lets names repeat, and a replacement makes the new one first."""
    urls = {account.gateway.create_api(Name="twin", ProtocolType="HTTP")["ApiEndpoint"] for _ in range(2)}

    assert len(urls) == 2


@requirement("aws:port-taken")
def test_a_taken_port_is_one_clear_error_and_no_api_is_left(account: Account) -> None:
    """409 that names the port and who holds it; nothing half-done (issue 3)."""
    port = ApiPorts(account.root / ".local/api-ports.json").port_of("taken")
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(ClientError, match=f"port {port} of the API taken .* is held by") as raised:
            account.gateway.create_api(Name="taken", ProtocolType="HTTP")
        assert account.gateway.get_apis()["Items"] == []
        assert account.gateway.create_api(Name="free", ProtocolType="HTTP")["ApiEndpoint"]

    assert raised.value.response["Error"]["Code"] == "ConflictException"
    assert port_of(account.gateway.create_api(Name="taken", ProtocolType="HTTP")["ApiEndpoint"]) == port


@requirement("aws:update-stage")
def test_update_stage_changes_what_is_given_and_answers_with_the_whole(account: Account) -> None:
    """moto has no UpdateStage (facts); an unknown stage is 404, an unknown setting is named."""
    api = account.gateway.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    account.gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    stage = account.gateway.update_stage(ApiId=api, StageName="$default", Description="new")

    assert (stage["Description"], stage["AutoDeploy"]) == ("new", True)
    assert account.gateway.get_stage(ApiId=api, StageName="$default")["Description"] == "new"
    with pytest.raises(account.gateway.exceptions.NotFoundException):
        account.gateway.update_stage(ApiId=api, StageName="other")
    with pytest.raises(ClientError, match="clientCertificateId"):
        account.gateway.update_stage(ApiId=api, StageName="$default", ClientCertificateId="x")


def test_the_tags_of_a_stage_can_be_added_listed_and_removed(account: Account) -> None:
    """moto tags APIs only (API Gateway v2 API reference, TagResource, UntagResource, GetTags)."""
    api = account.gateway.create_api(Name="tagged", ProtocolType="HTTP")["ApiId"]
    account.gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True, Tags={"a": "1"})
    arn = f"arn:aws:apigateway:us-east-1::/apis/{api}/stages/$default"
    account.gateway.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    account.gateway.untag_resource(ResourceArn=arn, TagKeys=["a"])

    assert account.gateway.get_tags(ResourceArn=arn)["Tags"] == {"b": "2"}
    assert account.gateway.get_stage(ApiId=api, StageName="$default")["Tags"] == {"b": "2"}
    with pytest.raises(account.gateway.exceptions.NotFoundException):
        account.gateway.tag_resource(ResourceArn=arn.replace("$default", "other"), Tags={"b": "2"})


@requirement("aws:refused")
@pytest.mark.parametrize(
    ("service", "operation", "arguments", "named"),
    [
        ("sqs", "list_queues", {}, "service 'sqs'"),
        ("s3", "list_buckets", {}, "service 's3'"),
        ("ec2", "describe_vpcs", {}, "service 'ec2'"),
        ("lambda", "get_account_settings", {}, "/account-settings"),
        ("apigatewayv2", "get_deployments", {"ApiId": "x"}, "/deployments"),
        ("sts", "decode_authorization_message", {"EncodedMessage": "x"}, "decode_authorization_message"),
        ("dynamodb", "list_global_tables", {}, "list_global_tables"),
        ("apigatewayv2", "create_api", {"Name": "w", "ProtocolType": "WEBSOCKET"}, "WEBSOCKET"),
        ("apigatewayv2", "create_api", {"Name": "q", "ProtocolType": "HTTP", "Target": "arn"}, "quick-create"),
    ],
)
def test_an_unknown_call_is_refused_by_name(
    account: Account, service: str, operation: str, arguments: dict[str, str], named: str
) -> None:
    """An error that each of the SDK's protocols can read, instead of a page of HTML (design)."""
    with pytest.raises(ClientError, match="does not emulate") as raised:
        getattr(client_of(account, service), operation)(**arguments)

    assert raised.value.response["Error"]["Code"] == "NotEmulated"
    assert named in str(raised.value)


def test_another_region_is_refused_by_name(account: Account) -> None:
    """The data plane reads one region: a function elsewhere would never run (ours)."""
    with pytest.raises(ClientError, match="eu-west-1"):
        client_of(account, "lambda", "eu-west-1").list_functions()  # type: ignore[attr-defined]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"enabled": 1}', b"nonsense", b"[" * 100_000])
def test_the_switch_takes_a_boolean(account: Account, body: bytes) -> None:
    """Anything else is 400 and changes nothing (ours)."""
    url = f"{account.cloud.endpoint_url}/_local/rename-www-authenticate"
    answer = httpx2.put(url, content=body, headers=account.switch_headers)

    assert answer.status_code == 400
    assert account.cloud.rename_www_authenticate is True


def test_a_request_that_is_not_signed_is_refused(cloud: AwsCloud) -> None:
    """403, as on AWS; moto takes such a request for one of S3 (ours)."""
    answer = httpx2.get(f"{cloud.endpoint_url}/v2/apis")

    assert (answer.status_code, answer.json()["__type"]) == (403, "MissingAuthenticationToken")
