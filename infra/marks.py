"""What says, on the object itself, which environment a cloud object belongs to."""

import re

PROJECT = "mcp-okta"


def mark(environment: str) -> str:
    """The text in the description or note of an Okta object."""
    return f"MCP server behind Okta [mcp-okta environment={environment}]"


def tags(environment: str, branch: str) -> dict[str, str]:
    """
    The tags of an AWS object.

    Source: AWS tagging: letters, digits, space and `_ . : / = + - @`, at most 256 characters; git allows more.
    """
    return {
        f"{PROJECT}:project": PROJECT,
        f"{PROJECT}:environment": environment,
        f"{PROJECT}:branch": re.sub(r"[^\w .:/=+@-]", "_", branch)[:256],
    }
