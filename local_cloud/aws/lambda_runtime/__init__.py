"""Lambda: the deployed zip under AWS's own runtime client, in an interpreter that holds nothing else."""

from local_cloud.aws.lambda_runtime.functions import Functions, Outcome

__all__ = ["Functions", "Outcome"]
