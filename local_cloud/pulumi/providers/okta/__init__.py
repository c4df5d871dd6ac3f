"""The stand-in for Pulumi's Okta plugin, which is built on Okta's Terraform provider 6.12."""

from local_cloud.pulumi.providers.okta import (
    api_scopes,
    apps,
    assignments,
    claims,
    group_assignments,
    groups,
    policies,
    redirect_uris,
    rules,
    scopes,
    servers,
)
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
        "okta:app/oAuthRedirectUri:OAuthRedirectUri": redirect_uris.REDIRECT_URI,
        "okta:app/oAuthPostLogoutRedirectUri:OAuthPostLogoutRedirectUri": redirect_uris.POST_LOGOUT_REDIRECT_URI,
        "okta:group/group:Group": groups.GROUP,
        "okta:index/appGroupAssignments:AppGroupAssignments": group_assignments.GROUP_ASSIGNMENTS,
        "okta:index/appOauthApiScope:AppOauthApiScope": api_scopes.API_SCOPES,
    },
    invokes={
        "okta:auth/getServer:getServer": servers.get_server,
        "okta:group/getEveryoneGroup:getEveryoneGroup": groups.get_everyone_group,
        "okta:group/getGroup:getGroup": groups.get_group,
    },
    settings=SETTINGS,
    connect=connect,
)
