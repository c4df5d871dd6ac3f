"""Run an org alone: `python -m local_cloud.okta --port 8080`."""

import argparse
import secrets
import socket

import uvicorn

from local_cloud.clock import Clock
from local_cloud.okta import OktaSettings, build_okta


def main() -> None:
    """Listen on 127.0.0.1 and print the address and the API token."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.okta", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    listener = socket.create_server(("127.0.0.1", parser.parse_args().port))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    token = secrets.token_urlsafe(30)
    app = build_okta(OktaSettings(org_url=url, api_token=token), Clock())
    print(f"{url}\nSSWS {token}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
