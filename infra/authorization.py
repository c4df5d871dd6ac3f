"""Who may call: the authorization server, its scopes, the app that people sign in with, and the rules."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_okta as okta

from infra.access import Access
from lambda_server.scopes import Scope

# Okta's own scopes that a sign-in may ask for; the SDK's client asks for offline_access by itself.
RESERVED_SCOPES = ("offline_access", "openid", "profile", "email")
REFRESH_LEEWAY_SECONDS = 30
REFRESH_TOKEN_MINUTES = 90 * 24 * 60
REFRESH_IDLE_MINUTES = 7 * 24 * 60
NAME_LIMIT = 50
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 §3.4


@dataclass(frozen=True)
class AuthorizationArgs:
    """For which resource tokens are issued, to whom, for how long."""

    name: str
    mark: str
    audience: pulumi.Input[str]
    scopes: Sequence[Scope]
    access: Access
    group_ids: Mapping[str, pulumi.Input[str]]
    redirect_uris: Sequence[str]
    access_token_minutes: int
    device_login: bool


class Authorization(pulumi.ComponentResource):
    """An authorization server for one audience, and a native app that the groups of `access` may use."""

    server_id: pulumi.Output[str]
    issuer: pulumi.Output[str]
    client_id: pulumi.Output[str]
    declared: list[pulumi.Resource]

    def __init__(self, name: str, args: AuthorizationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mcp-okta:infra:Authorization", name, None, opts)
        self._args = args
        server = self._server()
        scopes = [self._scope(server, scope) for scope in args.scopes]
        app = self._app()
        self._assignments(app)
        policy = self._policy(server, app)
        self.declared = [*scopes, policy, *self._rules(server, policy, scopes)]
        self.server_id = server.id
        self.issuer = server.issuer
        self.client_id = app.client_id
        self.register_outputs({"server_id": self.server_id, "issuer": self.issuer, "client_id": self.client_id})

    def _child(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(after))

    def _server(self) -> okta.auth.Server:
        """
        One server per environment, since an audience is what tells two environments' tokens apart.

        Source: docs/facts/okta.md §3: `audiences` takes exactly one value, and `resource` is ignored.
        """
        return okta.auth.Server(
            "server",
            name=self._args.name,
            description=self._args.mark,
            audiences=[self._args.audience],
            opts=self._child(),
        )

    def _scope(self, server: okta.auth.Server, scope: Scope) -> okta.auth.ServerScope:
        return okta.auth.ServerScope(
            f"scope-{scope.name.replace(':', '-')}",
            auth_server_id=server.id,
            name=scope.name,
            display_name=scope.title,
            description=scope.description,
            consent="IMPLICIT",
            metadata_publish="ALL_CLIENTS",
            opts=self._child(),
        )

    def _app(self) -> okta.app.OAuth:
        """
        A public client: no secret, PKCE, rotating refresh tokens.

        Source: RFC 8252 §8.5, RFC 7636, RFC 9700 §4.14.2 (rotation for public clients).
        """
        return okta.app.OAuth(
            "app",
            label=self._args.name,
            admin_note=self._args.mark,
            type="native",
            token_endpoint_auth_method="none",  # noqa: S106 - the name of a method, not a secret
            pkce_required=True,
            grant_types=[*self._sign_in_grants(), "refresh_token"],
            response_types=["code"],
            redirect_uris=list(self._args.redirect_uris),
            refresh_token_rotation="ROTATE",  # noqa: S106
            refresh_token_leeway=REFRESH_LEEWAY_SECONDS,
            consent_method="TRUSTED",
            login_mode="DISABLED",
            hide_web=True,
            hide_ios=True,
            opts=self._child(),
        )

    def _sign_in_grants(self) -> list[str]:
        """How a person may get a first token."""
        return ["authorization_code", *([DEVICE_CODE] if self._args.device_login else [])]

    def _assignments(self, app: okta.app.OAuth) -> None:
        """Only people of these groups may use the app at all."""
        for name in self._args.access.groups:
            okta.app.GroupAssignment(
                f"assignment-{name}", app_id=app.id, group_id=self._args.group_ids[name], opts=self._child()
            )

    def _policy(self, server: okta.auth.Server, app: okta.app.OAuth) -> okta.auth.ServerPolicy:
        return okta.auth.ServerPolicy(
            "policy",
            auth_server_id=server.id,
            name=self._args.name,
            description=self._args.mark,
            priority=1,
            client_whitelists=[app.client_id],
            opts=self._child(),
        )

    def _rules(
        self,
        server: okta.auth.Server,
        policy: okta.auth.ServerPolicy,
        scopes: Sequence[okta.auth.ServerScope],
    ) -> list[okta.auth.ServerPolicyRule]:
        """
        A rule for each set of scopes, the largest first, one after the other.

        Source: docs/facts/okta.md §8: the first rule that admits all that was asked wins; Okta refuses one that names a
        scope which does not exist yet, and mixes up priorities that are written at the same moment.
        """
        rules: list[okta.auth.ServerPolicyRule] = []
        for priority, grant in enumerate(self._args.access.grants, start=1):
            rule = okta.auth.ServerPolicyRule(
                f"rule-{rule_name(grant.scopes)}",
                auth_server_id=server.id,
                policy_id=policy.id,
                name=rule_name(grant.scopes),
                priority=priority,
                grant_type_whitelists=self._sign_in_grants(),
                group_whitelists=[self._args.group_ids[group] for group in grant.groups],
                scope_whitelists=[*grant.scopes, *RESERVED_SCOPES],
                access_token_lifetime_minutes=self._args.access_token_minutes,
                refresh_token_lifetime_minutes=REFRESH_TOKEN_MINUTES,
                refresh_token_window_minutes=REFRESH_IDLE_MINUTES,
                opts=self._child(*scopes, *rules[-1:]),
            )
            rules.append(rule)
        return rules


def rule_name(scopes: Sequence[str]) -> str:
    """The rule is called after its set, so that another set before it does not rename it."""
    text = "-".join(scope.replace(":", "-") for scope in scopes)
    if len(text) <= NAME_LIMIT:
        return text
    return f"{text[: NAME_LIMIT - 9]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
