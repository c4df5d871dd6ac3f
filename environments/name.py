"""From a git branch to the name of its environment."""

import hashlib
import re
import unicodedata

from environments.errors import WrongName

PROJECT = "mcp-okta"
LIMIT = 30
HASH_DIGITS = 8
LOCAL = "local"
# Long-lived environments are stacks that somebody names on purpose, never by pushing a branch.
PROTECTED = frozenset(
    {"main", "master", "trunk", "default", "develop", "dev", "staging", "stage"}
    | {"prod", "production", "live", "stable", "release", "local", "head"}
)


def environment_name(branch: str, base: str = LOCAL) -> str:
    """
    The environment of a branch: a readable part and a hash of the ref exactly as git spells it.

    Args:
        base: the stack beside which it is; beside another one than `local`, that is part of the hash.

    Raises:
        WrongName: not a branch name, or a protected one.

    Source: docs/facts/branch-environments.md: slugs alone collide (`feat/a`, `feat-a`);
    Lambda and IAM names hold 64 characters.
    """
    check_branch(branch)
    whole = branch if base == LOCAL else f"{base}:{branch}"  # no ref holds a colon
    digest = hashlib.sha256(whole.encode()).hexdigest()[:HASH_DIGITS]
    readable = _readable(branch)[: LIMIT - HASH_DIGITS - 1].rstrip("-")
    return f"{readable}-{digest}"


def check_branch(branch: str) -> None:
    """
    Accept what git accepts as a branch, unless the name is protected.

    Raises:
        WrongName: see the message.

    Source: git-check-ref-format(1).
    """
    problem = _problem(branch)
    if problem:
        raise WrongName(f"{branch!r} cannot be a branch environment: {problem}", "mcp-okta up --branch BRANCH")
    if is_protected(branch):
        raise WrongName(
            f"the branch {branch!r} is protected: its environment is a stack of its own, not a branch environment",
            "mcp-okta up --stack NAME",
        )


def is_protected(branch: str) -> bool:
    """Whether the name, or what is left of it without `refs/heads/` and a remote, is a protected one."""
    name = branch.removeprefix("refs/heads/").removeprefix("refs/remotes/").removeprefix("origin/")
    return _fold(name).strip("-._/ ") in PROTECTED


def check_stack(stack: str) -> str:
    """
    Accept a stack name after which every cloud object can be called.

    Raises:
        WrongName: other characters, or too long.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}", stack):
        raise WrongName(
            f"{stack!r} cannot be a stack: a name has 1 to 41 letters, digits, `-` or `_`, and begins with a letter "
            "or digit",
            "mcp-okta up --stack NAME",
        )
    return stack


def _problem(branch: str) -> str:
    """Why git would not accept the name; empty when it would."""
    if not branch.strip():
        return "it is empty"
    if branch.startswith("-"):
        return "it begins with `-`"
    if len(branch.encode()) > 255:
        return "it is longer than 255 bytes"
    if re.search(r"[\x00-\x20\x7f~^:?*\[\\]", branch):
        return "it holds a space, a control character or one of ~ ^ : ? * [ \\"
    if ".." in branch or "@{" in branch or "//" in branch or branch == "@":
        return "git does not allow `..`, `@{`, `//` or `@` alone"
    if any(part.startswith(".") or part.endswith(".lock") for part in branch.split("/")):
        return "a part of it begins with `.` or ends with `.lock`"
    return "it begins or ends with `/`, or ends with `.`" if branch[0] == "/" or branch[-1] in "/." else ""


def _fold(text: str) -> str:
    """The text in plain lower-case ASCII, as far as it has any."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _readable(branch: str) -> str:
    """The part for people: a-z, 0-9 and single dashes, a letter first."""
    slug = re.sub(r"[^a-z0-9]+", "-", _fold(branch)).strip("-")
    return slug if slug[:1].isalpha() else f"b-{slug}".rstrip("-")
