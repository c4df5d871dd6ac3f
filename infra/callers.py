"""The apps of programs that call without a person: each asks for its own scopes, with its own key."""

import hashlib
import json
from collections.abc import Mapping, Sequence
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
        """
        An app that is never changed in its place: other keys are another app, with another client id.

        Source: terraform-provider-okta, pull request 2840: an update sends the keys without `use`, and Okta then takes
        none of them for private_key_jwt; keys that come back in another order are a change at each `up`.
        """
        keys = sorted(service.keys, key=lambda key: key["kid"])
        digest = hash_keys(keys)
        return okta.app.OAuth(
            f"service-{service.name}-{digest}",
            label=f"{self._label(service)}-{digest}",
            admin_note=self._args.mark,
            type="service",
            token_endpoint_auth_method="private_key_jwt",  # noqa: S106 - the name of a method, not a secret
            grant_types=["client_credentials"],
            response_types=["token"],
            jwks=[okta.app.OAuthJwkArgs(**key) for key in keys],
            consent_method="TRUSTED",
            login_mode="DISABLED",
            hide_web=True,
            hide_ios=True,
            opts=pulumi.ResourceOptions(
                parent=self, replace_on_changes=["*"], ignore_changes=["jwks"], delete_before_replace=True
            ),
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


def hash_keys(keys: Sequence[Mapping[str, str]]) -> str:
    """Eight digits that tell one set of keys from another."""
    return hashlib.sha256(json.dumps(keys, sort_keys=True).encode()).hexdigest()[:8]
