"""What says, on the object itself, which environment a cloud object belongs to, and which stack of that name."""

import re

from infra.reader import NAMESPACE


def mark(environment: str, stack_id: str = "") -> str:
    """The text in the description or note of an Okta object."""
    whose = f"environment={environment}" + (f" id={stack_id}" if stack_id else "")
    return f"MCP server behind Okta [{NAMESPACE} {whose}]"


def bracket(text: str) -> str:
    """The part of a mark that tells whose it is, which stays when people write something beside it."""
    return text[text.index(f"[{NAMESPACE} ") :]


def tags(environment: str, branch: str, stack_id: str = "") -> dict[str, str]:
    """
    The tags of an AWS object.

    Source: AWS tagging: letters, digits, space and `_ . : / = + - @`, at most 256 characters; git allows more.
    """
    found = {
        f"{NAMESPACE}:project": NAMESPACE,
        f"{NAMESPACE}:environment": environment,
        f"{NAMESPACE}:branch": re.sub(r"[^\w .:/=+@-]", "_", branch)[:256],
    }
    return found | ({f"{NAMESPACE}:stack-id": stack_id} if stack_id else {})
