"""
Single redirect URIs of an app, of sign-in and of sign-out, for programs that collect them in several places.

Source: Okta's Terraform provider 6.12, app_oauth_redirect_uri and app_oauth_post_logout_redirect_uri.
"""

from dataclasses import dataclass
from typing import Any

from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Candidate, Resource, import_parts
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

_IMPORT = "appId/uri"


@dataclass(frozen=True)
class UriList:
    """One of the app's two lists, by its name in Okta's settings."""

    noun: str
    setting: str

    def resource(self) -> Resource:
        """The resource type."""
        return Resource(
            schema={
                "appId": Property("string", required=True, replace=True),
                "uri": Property("string", required=True),
            },
            noun=self.noun,
            title="uri",
            create=self.create,
            read=self.read,
            update=self.update,
            delete=self.delete,
            find=lambda okta, inputs: [Candidate(inputs["uri"])],
            import_form=_IMPORT,
        )

    def create(self, okta: OktaClient, inputs: Properties) -> str:
        """Append it."""
        self._rewrite(okta, inputs["appId"], remove="", add=inputs["uri"])
        return str(inputs["uri"])

    def read(self, okta: OktaClient, identifier: str, given: Properties) -> Properties:
        """Whether the app has it."""
        if "appId" not in given:
            given = import_parts(identifier, _IMPORT)
        app = okta.get(f"/api/v1/apps/{given['appId']}")
        if given["uri"] not in self._uris(app):
            raise Gone(f"the app {given['appId']} has no {self.noun} {given['uri']}")
        return {"id": given["uri"], "appId": given["appId"], "uri": given["uri"]}

    def update(self, okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
        """Another one in its place."""
        self._rewrite(okta, inputs["appId"], remove=state["uri"], add=inputs["uri"])

    def delete(self, okta: OktaClient, identifier: str, state: Properties) -> None:
        """Take it out."""
        self._rewrite(okta, state["appId"], remove=state["uri"], add="")

    def _rewrite(self, okta: OktaClient, app_id: str, remove: str, add: str) -> None:
        """Nobody else of this plugin changes the app meanwhile; nothing is sent where nothing changes."""
        with okta.alone_with(app_id):
            app = okta.get(f"/api/v1/apps/{app_id}")
            before = self._uris(app)
            after = [uri for uri in before if uri != remove]
            after += [add] if add and add not in after else []
            if after != before:
                app["settings"]["oauthClient"][self.setting] = after
                okta.send("PUT", f"/api/v1/apps/{app_id}", app)

    def _uris(self, app: Any) -> list[str]:
        return list(app["settings"]["oauthClient"].get(self.setting) or [])


REDIRECT_URI = UriList("redirect URI", "redirect_uris").resource()
POST_LOGOUT_REDIRECT_URI = UriList("post-logout redirect URI", "post_logout_redirect_uris").resource()
