"""Who a caller of the local AWS is, and what the policies of its role let it do."""

from local_cloud.aws.identity.administrator import Administrator
from local_cloud.aws.identity.gate import Gate
from local_cloud.aws.identity.sessions import Session, Sessions

__all__ = ["Administrator", "Gate", "Session", "Sessions"]
