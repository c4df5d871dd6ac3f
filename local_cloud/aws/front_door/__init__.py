"""The data plane of API Gateway's HTTP APIs: one loopback port per API."""

from local_cloud.aws.front_door.doors import FrontDoors

__all__ = ["FrontDoors"]
