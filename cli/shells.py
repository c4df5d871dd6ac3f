"""Variables as a shell's own words, quoted so that `eval` changes nothing else."""

import os
import shlex
from collections.abc import Iterator, Mapping


def sh_lines(variables: Mapping[str, str | None]) -> Iterator[str]:
    """For sh, bash and zsh. Source: POSIX, Shell Command Language, 2.2.2 Single-Quotes."""
    for name, value in variables.items():
        yield f"unset {name};" if value is None else f"export {name}={shlex.quote(value)};"


def fish_lines(variables: Mapping[str, str | None]) -> Iterator[str]:
    """For fish, whose PATH is a list. Source: fish, the language: quotes; set."""
    for name, value in variables.items():
        if value is None:
            yield f"set -e {name};"
        else:
            parts = value.split(os.pathsep) if name == "PATH" else [value]
            yield f"set -gx {name} {' '.join(map(fish_quote, parts))};"


def fish_quote(value: str) -> str:
    """One word of fish, in single quotes, in which only the backslash and the quote itself are special."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
