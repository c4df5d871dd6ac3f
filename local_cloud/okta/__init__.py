"""An Okta org on this machine: Management API, OAuth endpoints and sign-in pages in one ASGI app."""

from local_cloud.okta.app import build_okta
from local_cloud.okta.settings import OktaSettings

__all__ = ["OktaSettings", "build_okta"]
