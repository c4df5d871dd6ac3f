"""Who and where: the calls getCallerIdentity and getRegion."""

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.values import Properties


def caller_identity(aws: AwsClient, args: Properties) -> Properties:
    """The account and the user of the credentials."""
    found = aws.call("sts", "get_caller_identity")
    return {"id": found["Account"], "accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"]}


def region(aws: AwsClient, args: Properties) -> Properties:
    """
    The region of the provider.

    Raises:
        ProviderError: another one was asked for.
    """
    foreign = sorted(name for name, value in args.items() if value and value != aws.region)
    if foreign:
        raise ProviderError(f"getRegion by {', '.join(foreign)} is not emulated here; ask without arguments")
    endpoint = f"ec2.{aws.region}.amazonaws.com"
    return {"id": aws.region, "name": aws.region, "region": aws.region, "description": aws.region, "endpoint": endpoint}
