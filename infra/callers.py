"""The apps of programs that call without a person: each asks for its own scopes, with its own key."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_okta as okta

from infra.services import Service


@dataclass(frozen=True)
class CallersArgs:
    """Which programs may call the resource of an authorization server."""

    name: str
    mark: str
    server_id: pulumi.Input[str]
    services: Sequence[Service]
    access_token_minutes: int
    after: Sequence[pulumi.Resource]


class Callers(pulumi.ComponentResource):
    """
    A service app with a policy and a rule of its own for each caller.

    Source: RFC 6749 §4.4, RFC 7523 §2.2; docs/facts/okta.md §7: custom scopes only, granted implicitly.
    """

    client_ids: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: CallersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mcp-okta:infra:Callers", name, None, opts)
        self._args = args
        self.client_ids = {}
        after = list(args.after)
        for priority, service in enumerate(args.services, start=2):  # 1 is the people's
            app = self._app(service)
            policy = self._policy(service, app, priority, after)
            after = [policy, self._rule(service, policy, [*args.after, policy])]
            self.client_ids[service.name] = app.client_id
        self.register_outputs({"client_ids": self.client_ids})

    def _child(self, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(after))

    def _label(self, service: Service) -> str:
        return f"{self._args.name}-service-{service.name}"

    def _app(self, service: Service) -> okta.app.OAuth:
        return okta.app.OAuth(
            f"service-{service.name}",
            label=self._label(service),
            admin_note=self._args.mark,
            type="service",
            token_endpoint_auth_method="private_key_jwt",  # noqa: S106 - the name of a method, not a secret
            grant_types=["client_credentials"],
            response_types=["token"],
            jwks=[okta.app.OAuthJwkArgs(**key) for key in service.keys],
            consent_method="TRUSTED",
            login_mode="DISABLED",
            hide_web=True,
            hide_ios=True,
            opts=self._child(),
        )

    def _policy(
        self, service: Service, app: okta.app.OAuth, priority: int, after: Sequence[pulumi.Resource]
    ) -> okta.auth.ServerPolicy:
        """A policy that is about this app alone, so that no rule of another caller can ever admit it."""
        return okta.auth.ServerPolicy(
            f"policy-{service.name}",
            auth_server_id=self._args.server_id,
            name=self._label(service)[:100],
            description=self._args.mark,
            priority=priority,
            client_whitelists=[app.client_id],
            opts=self._child(*after),
        )

    def _rule(
        self, service: Service, policy: okta.auth.ServerPolicy, after: Sequence[pulumi.Resource]
    ) -> okta.auth.ServerPolicyRule:
        return okta.auth.ServerPolicyRule(
            f"rule-{service.name}",
            auth_server_id=self._args.server_id,
            policy_id=policy.id,
            name=service.name,
            priority=1,
            grant_type_whitelists=["client_credentials"],
            scope_whitelists=list(service.scopes),
            access_token_lifetime_minutes=self._args.access_token_minutes,
            opts=self._child(*after),
        )
