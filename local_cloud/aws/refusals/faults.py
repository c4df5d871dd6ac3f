"""What AWS would answer in place of doing what it is asked."""

from typing import NamedTuple


class Fault(NamedTuple):
    """An error of AWS's own: its words, its code and its status."""

    text: str
    code: str
    status: int = 400
