"""A stream of log lines on its way to CloudWatch Logs, and whether its author may write there."""

from collections.abc import Callable
from dataclasses import dataclass, field

from local_cloud.aws.cloudwatch import groups
from local_cloud.aws.identity.authorization import refused
from local_cloud.aws.identity.calls import log_stream_arn
from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.sessions import Session


@dataclass(eq=False)
class LogStream:
    """
    One stream of a group.

    Args:
        author: whose permissions count; None for API Gateway, which needs none to a group that exists.
        tell: told, once, why nothing arrives.
    """

    group: str
    name: str
    author: Session | None
    tell: Callable[[str], None]
    _told: set[str] = field(default_factory=set)

    def is_open(self) -> bool:
        """Whether lines may be written now; a group or stream that is missing is made, where that is allowed."""
        try:
            reason = self._reason()
        except NotEvaluated as error:
            reason = f"the local AWS does not emulate {error}"
        if reason and reason not in self._told:
            self._told.add(reason)
            self.tell(f"CloudWatch gets no lines of this log: {reason}")
        return reason is None

    def _reason(self) -> str | None:
        """
        Why the author may not write; None when it may, and then there is a group and a stream.

        Source: AWS Lambda, Sending function logs to CloudWatch Logs: permissions.
        """
        if not groups.has_group(self.group):
            reason = self._refused("CreateLogGroup", "") if self.author else f"there is no log group {self.group}"
            if reason:
                return reason
            groups.create_group(self.group)
        if not groups.has_stream(self.group, self.name):
            reason = self._refused("CreateLogStream", self.name)
            if reason:
                return reason
            groups.create_stream(self.group, self.name)
        return self._refused("PutLogEvents", self.name)

    def _refused(self, operation: str, stream: str) -> str | None:
        if self.author is None:
            return None
        return refused(self.author, f"logs:{operation}", log_stream_arn(self.group, stream))
