"""What the local IAM cannot decide."""


class NotEvaluated(Exception):
    """A policy has something that is not emulated; the text names it."""
