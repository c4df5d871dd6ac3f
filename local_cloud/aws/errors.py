"""What the AWS data plane refuses or cannot do."""

from local_cloud.errors import LocalCloudError


class PortTaken(LocalCloudError):
    """The port that belongs to an API, and so to an audience, is held by somebody else."""


class InterpreterFailed(LocalCloudError):
    """The interpreter that holds only AWS's runtime client could not be made."""
