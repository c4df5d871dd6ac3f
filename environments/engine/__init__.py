"""The Pulumi CLI: found, or got, in the version that `go.mod` pins."""

from environments.engine.get import get_engine
from environments.engine.lookup import Engine, find_engine

__all__ = ["Engine", "find_engine", "get_engine"]
