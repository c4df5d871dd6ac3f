"""What the SDK logs, kept off the terminal."""

import logging


def quiet_sdk_logs() -> None:
    """
    Keep the SDK's tracebacks off the terminal: without a handler, Python prints them to stderr.

    What the OAuth provider logs it also raises, and we say it in our words; so that goes nowhere by default.
    """
    logging.getLogger("mcp.client.auth").propagate = False
    for name in ("mcp", "mcp.client.auth", "client"):
        logger = logging.getLogger(name)
        if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            logger.addHandler(logging.NullHandler())
