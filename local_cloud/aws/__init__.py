"""AWS on this machine: moto's control plane, the HTTP API's data plane, and Lambda under AWS's own runtime client."""

from local_cloud.aws.cloud import AwsCloud

__all__ = ["AwsCloud"]
