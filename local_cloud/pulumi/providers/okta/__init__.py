"""The stand-in for Pulumi's Okta plugin, which is built on Okta's Terraform provider 6.12."""

from local_cloud.pulumi.providers.okta import apps, assignments, claims, groups, policies, rules, scopes, servers
from local_cloud.pulumi.providers.okta.connection import SETTINGS, connect
from local_cloud.pulumi.providers.resource import Plugin

PLUGIN = Plugin(
    name="okta",
    resources={
        "okta:auth/server:Server": servers.SERVER,
        "okta:auth/serverScope:ServerScope": scopes.SCOPE,
        "okta:auth/serverClaim:ServerClaim": claims.CLAIM,
        "okta:auth/serverPolicy:ServerPolicy": policies.POLICY,
        "okta:auth/serverPolicyRule:ServerPolicyRule": rules.RULE,
        "okta:app/oAuth:OAuth": apps.APP,
        "okta:app/groupAssignment:GroupAssignment": assignments.ASSIGNMENT,
        "okta:group/group:Group": groups.GROUP,
    },
    invokes={"okta:group/getGroup:getGroup": groups.get_group},
    settings=SETTINGS,
    connect=connect,
)
