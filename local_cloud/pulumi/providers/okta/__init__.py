"""The stand-in for Pulumi's Okta plugin."""

from local_cloud.pulumi.providers.okta import apps, authorization_servers, groups
from local_cloud.pulumi.providers.okta.client import SETTINGS, connect
from local_cloud.pulumi.providers.resource import Plugin

PLUGIN = Plugin(
    name="okta",
    resources={
        "okta:auth/server:Server": authorization_servers.SERVER,
        "okta:auth/serverScope:ServerScope": authorization_servers.SCOPE,
        "okta:auth/serverClaim:ServerClaim": authorization_servers.CLAIM,
        "okta:auth/serverPolicy:ServerPolicy": authorization_servers.POLICY,
        "okta:auth/serverPolicyRule:ServerPolicyRule": authorization_servers.RULE,
        "okta:app/oAuth:OAuth": apps.APP,
        "okta:app/groupAssignment:GroupAssignment": apps.ASSIGNMENT,
        "okta:group/group:Group": groups.GROUP,
    },
    invokes={"okta:group/getGroup:getGroup": groups.get_group},
    settings=SETTINGS,
    connect=connect,
)
