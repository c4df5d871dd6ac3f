"""What the AWS data plane refuses or cannot do."""

from local_cloud.errors import LocalCloudError


class NotEmulated(LocalCloudError):
    """A kind of route, stage or integration that the data plane lacks; `local_cloud/COVERAGE.md` lists what it has."""


class PortTaken(LocalCloudError):
    """The port that belongs to an API, and so to an audience, is held by another process."""


class InterpreterFailed(LocalCloudError):
    """The interpreter that holds only AWS's runtime client could not be made."""
