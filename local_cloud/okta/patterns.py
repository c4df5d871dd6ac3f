"""
Regular expressions for the names of groups, matched so that no pattern takes longer than its length times the name's.

Python's own matcher tries one way after the other, an exponential number for `(a+)+`; here all ways go side by side.
What cannot go so (looking around, back references) is refused by name.

Source: of the syntax, what Java's patterns (Okta's) and Python's classes of letters share.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from local_cloud.okta.letters import NOTHING, Letters, Part, UnknownPattern

__all__ = ["UnknownPattern", "read_pattern"]

DEEPEST = 20
_LETTER = re.compile(r"\[\^?(?:\\[dDwWsS]|\\[^\w\s]|[^\[\]\\])+\]|\\[dDwWsS]|\\[^\w\s]|[^\\\[\](){}|*+?^$]")
_TIMES = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<least>\d{1,3})(?P<open>,(?P<most>\d{1,3})?)?\})\??")
# Java takes them for operators inside a class.
_OPERATORS = ("&&", "||", "~~", "--")
Build = Callable[[Letters], Part]


@lru_cache(maxsize=256)
def read_pattern(text: str) -> Callable[[str], bool]:
    """
    Turn a pattern into a test of whole names.

    Raises:
        UnknownPattern: it is wrong, too large, or more than letters, classes, groups, alternatives and repetition.
    """
    letters = Letters()
    whole = _Reader(text).read()(letters)
    return lambda name: letters.match(whole, name)


class _Reader:
    """Reads a pattern from left to right, into what numbers its letters."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0

    def read(self) -> Build:
        """The whole pattern."""
        build = self._either()
        if self._at < len(self._text):
            raise self._unknown()
        return build

    def _either(self) -> Build:
        rows = [self._row()]
        while self._take("|"):
            rows.append(self._row())

        def build(letters: Letters) -> Part:
            parts = [row(letters) for row in rows]
            first, last = 0, 0
            for part in parts:
                first, last = first | part.first, last | part.last
            return Part(any(part.empty for part in parts), first, last)

        return build if len(rows) > 1 else rows[0]

    def _row(self) -> Build:
        items = []
        # `^` and `$` say nothing new around the whole.
        outside = self._depth == 0
        if outside:
            self._take("^")
        while self._at < len(self._text) and self._text[self._at] not in "|)$":
            items.append(self._repeated())
        if outside:
            self._take("$")

        def build(letters: Letters) -> Part:
            part = NOTHING
            for item in items:
                part = letters.join(part, item(letters))
            return part

        return build

    def _repeated(self) -> Build:
        one = self._one()
        found = _TIMES.match(self._text, self._at)
        if found is None:
            return one
        least, most = _bounds(found)
        if most is not None and most < least:
            raise self._unknown()
        self._at = found.end()
        return lambda letters: _times(letters, one, least, most)

    def _one(self) -> Build:
        if self._take("("):
            return self._group()
        found = _LETTER.match(self._text, self._at)
        if found is None or (len(found.group()) > 2 and any(sign in found.group() for sign in _OPERATORS)):
            raise self._unknown()
        try:
            test = re.compile(found.group(), re.ASCII).fullmatch
        except re.error as error:
            raise self._unknown() from error
        self._at = found.end()
        return lambda letters: letters.add(test)

    def _group(self) -> Build:
        self._depth += 1
        if self._take("?") and not self._take(":"):
            self._at -= 2
            raise self._unknown()
        build = self._either() if self._depth <= DEEPEST else None
        if build is None or not self._take(")"):
            raise self._unknown()
        self._depth -= 1
        return lambda letters: build(letters.deeper())

    def _take(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def _unknown(self) -> UnknownPattern:
        return UnknownPattern(self._text[self._at :] or "the end")


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    if found["sign"]:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[found["sign"]]
    least = int(found["least"])
    return least, int(found["most"]) if found["most"] else None if found["open"] else least


def _times(letters: Letters, one: Build, least: int, most: int | None) -> Part:
    part = NOTHING
    for _ in range(least - 1 if most is None else least):
        part = letters.join(part, one(letters))
    if most is None:
        looped = letters.loop(one(letters))
        return letters.join(part, looped if least else Part(True, looped.first, looped.last))
    for _ in range(most - least):
        again = one(letters)
        part = letters.join(part, Part(True, again.first, again.last))
    return part
