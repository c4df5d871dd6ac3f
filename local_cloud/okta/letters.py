"""
The letters of a regular expression as Glushkov numbers them, and a match that follows all ways side by side.

Source: V. M. Glushkov, The abstract theory of automata (1961).
"""

from collections.abc import Callable
from dataclasses import dataclass

MOST_PARTS = 500


class UnknownPattern(Exception):
    """A pattern that is not evaluated; the message names the part."""


@dataclass(frozen=True)
class Part:
    """A part of a pattern: whether it takes nothing at all, and the letters (as bits) at its beginning and its end."""

    empty: bool
    first: int = 0
    last: int = 0


NOTHING = Part(empty=True)


class Letters:
    """
    The letters of a pattern, numbered; each has a test, and those that may come after it.

    Raises:
        UnknownPattern: there are too many letters and groups, each counted as often as it is repeated.
    """

    def __init__(self) -> None:
        self.tests: list[Callable[[str], object]] = []
        self.follow: list[int] = []
        self._parts = 0

    def add(self, test: Callable[[str], object]) -> Part:
        """One more letter."""
        self._count()
        self.tests.append(test)
        self.follow.append(0)
        bit = 1 << (len(self.tests) - 1)
        return Part(False, bit, bit)

    def join(self, left: Part, right: Part) -> Part:
        """The one after the other."""
        self._lead(left.last, right.first)
        first = left.first | (right.first if left.empty else 0)
        return Part(left.empty and right.empty, first, right.last | (left.last if right.empty else 0))

    def loop(self, part: Part) -> Part:
        """The same again, as often as one likes."""
        self._lead(part.last, part.first)
        return part

    def deeper(self) -> "Letters":
        """The same, for the letters of a group."""
        self._count()
        return self

    def match(self, whole: Part, name: str) -> bool:
        """Whether the pattern takes a whole name."""
        expected, reached = whole.first, 0
        for letter in name:
            reached, following = 0, 0
            for at in _bits(expected):
                if self.tests[at](letter):
                    reached |= 1 << at
                    following |= self.follow[at]
            expected = following
        return bool(reached & whole.last) if name else whole.empty

    def _lead(self, before: int, after: int) -> None:
        for at in _bits(before):
            self.follow[at] |= after

    def _count(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise UnknownPattern(f"more than {MOST_PARTS} parts")


def _bits(mask: int) -> list[int]:
    return [at for at, bit in enumerate(reversed(f"{mask:b}")) if bit == "1"]
