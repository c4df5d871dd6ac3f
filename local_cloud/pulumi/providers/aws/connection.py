"""Which account and region, and the proof that the credentials are good there."""

import os

import boto3
from botocore import exceptions

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.values import Properties

SETTINGS = frozenset({"region", "profile", "accessKey", "secretKey", "skipCredentialsValidation"})


def connect(settings: Properties, patience: Patience | None = None) -> AwsClient:
    """
    Open a session with the configuration or the environment; `AWS_ENDPOINT_URL` leads elsewhere than to AWS.

    Raises:
        ProviderError: no region, no credentials, or AWS does not take them; the endpoint is not on this machine.
    """
    client = AwsClient(session(settings), patience, only_loopback=True)
    if str(settings.get("skipCredentialsValidation", False)).lower() != "true":
        client.call("sts", "get_caller_identity")
    return client


def session(settings: Properties) -> boto3.session.Session:
    """The SDK's session for the settings."""
    region = settings.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise ProviderError("not configured: aws:region (or AWS_REGION)")
    try:
        opened = boto3.session.Session(
            profile_name=settings.get("profile"),
            region_name=region,
            aws_access_key_id=settings.get("accessKey"),
            aws_secret_access_key=settings.get("secretKey"),
        )
        found = opened.get_credentials()
    except exceptions.BotoCoreError as error:
        raise ProviderError(f"AWS is not configured: {error}") from error
    if found is None:
        raise ProviderError("AWS is not configured: no credentials were found")
    return opened
