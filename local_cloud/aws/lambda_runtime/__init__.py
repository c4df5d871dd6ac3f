"""Lambda: the deployed zip under AWS's own runtime client, in an interpreter that holds nothing else."""

from local_cloud.aws.lambda_runtime.environment import Host
from local_cloud.aws.lambda_runtime.functions import Functions
from local_cloud.aws.lambda_runtime.outcome import Outcome

__all__ = ["Functions", "Host", "Outcome"]
