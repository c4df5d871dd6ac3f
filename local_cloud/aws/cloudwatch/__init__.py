"""CloudWatch Logs: what functions and stages log, put into moto's log groups."""

from local_cloud.aws.cloudwatch.delivery import Delivery
from local_cloud.aws.cloudwatch.stream import LogStream

__all__ = ["Delivery", "LogStream"]
