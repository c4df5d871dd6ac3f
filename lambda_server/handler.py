"""What Lambda calls. All work that can be done before the first request is done here, once, at init."""

import gc
import os
from collections.abc import Callable
from typing import Any

from lambda_server.settings import Settings


def build_handler() -> Callable[[Any, Any], dict[str, Any]]:
    """
    The handler of this process, built with the garbage collector off: 35 to 50 ms of a cold start.

    Raises:
        ServerError: settings or declarations are wrong; Lambda shows the message as the reason of the failed init.
    """
    gc.disable()
    try:
        settings = Settings.from_environment(os.environ)  # before the imports that take half a second
        from lambda_server.gateway import Gateway
        from lambda_server.log import configure
        from lambda_server.server import build_app

        configure(settings.log_level)
        return Gateway(build_app(settings))
    finally:
        gc.freeze()
        gc.enable()


handler = build_handler()
