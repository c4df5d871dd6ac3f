"""The function: an MCP server that only the right Okta users can call."""

__version__ = "0.1.0"
