"""
The undocumented call about an app's ID-token issuer, which the provider makes with an SSWS token.

Source: recorded from Okta's Terraform provider.
"""

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer
from local_cloud.okta.management import apps, fields


def read(call: Call) -> Response:
    """Read who the issuer of the app's ID tokens is."""
    app = apps.find(call)
    mode = app["settings"]["oauthClient"]["issuer_mode"]
    facts = {"issuer": call.org.settings.org_url, "orgUrl": None, "customUrl": None, "audience": app["id"]}
    return answer({**facts, "issuerMode": mode})


def replace(call: Call) -> Response:
    """Choose the issuer; the answer is as empty as the real one's."""
    app = apps.find(call)
    fields.only(call.body, ("issuerMode", "issuer", "orgUrl", "customUrl", "audience"))
    mode = fields.choice(call.body, "issuerMode", ("ORG_URL", "DYNAMIC"))
    oauth = {**app["settings"]["oauthClient"], "issuer_mode": mode}
    call.org.store.put("apps", app["id"], {**app, "settings": {**app["settings"], "oauthClient": oauth}})
    return answer({"issuer": None, "orgUrl": None, "customUrl": None, "audience": None, "issuerMode": mode})
