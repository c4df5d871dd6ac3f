"""What is refused when it is asked for, and not first when it would have to run: by the name of the thing."""

from local_cloud.aws.refusals.requests import refuse_request

__all__ = ["refuse_request"]
