"""Figures of one run: medians, spread, ratios; as a table for people or as one JSON document."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Report:
    """What a measurement found: its figures, and what is wrong with them, if anything is."""

    text: str
    problem: str = ""


@dataclass(frozen=True)
class Timing:
    """One case: milliseconds of each call, summed up."""

    name: str
    calls: int
    median_ms: float
    p95_ms: float
    least_ms: float

    @classmethod
    def of(cls, name: str, seconds: Sequence[float]) -> "Timing":
        """Sum up what one case took, call by call."""
        ordered = sorted(value * 1000 for value in seconds)
        return cls(
            name,
            len(ordered),
            round(statistics.median(ordered), 3),
            round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 3),
            round(ordered[0], 3),
        )


def timing_table(timings: Iterable[Timing], base: Timing) -> list[str]:
    """A line per case, with the ratio of its median to that of `base`."""
    return [f"{'':44}{'median':>10}{'p95':>10}{'least':>10}{'ratio':>8}"] + [
        f"{timing.name:44}{timing.median_ms:>7.3f} ms{timing.p95_ms:>7.3f} ms{timing.least_ms:>7.3f} ms"
        f"{timing.median_ms / base.median_ms:>7.2f}×"
        for timing in timings
    ]


def as_json(timings: Iterable[Timing], **figures: object) -> str:
    """The run as one JSON document."""
    return json.dumps({"cases": [asdict(timing) for timing in timings], **figures})


def pairs(values: Mapping[str, object]) -> list[str]:
    """A line per named figure."""
    return [f"{name:44}{value}" for name, value in values.items()]
