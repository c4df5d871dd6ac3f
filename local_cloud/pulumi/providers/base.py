"""
A resource plugin over the wire: Pulumi's provider protocol on one side, a `Plugin` on the other.

Source: pulumi.runtime.proto, ResourceProvider.
"""

import contextlib
import os
from importlib.metadata import version
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local_cloud.pulumi.providers import creation, states, values
from local_cloud.pulumi.providers.answers import Context, answering
from local_cloud.pulumi.providers.difference import as_inputs, changed_properties
from local_cloud.pulumi.providers.errors import Gone, HalfDone, ProviderError
from local_cloud.pulumi.providers.naming import fill_names, given_name, type_token
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.resource import Plugin, Resource
from local_cloud.pulumi.providers.schema import COVERAGE, failures, fill_defaults, secrets_of
from local_cloud.pulumi.serving import serve

ENGINE_SETTINGS = frozenset({"version", "pluginDownloadURL"})


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The servicer of one plugin."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._client: Any = None
        self._patience = Patience()

    def Handshake(self, request: Any, context: Context) -> Any:
        """No secrets on the wire: the engine keeps the mark itself on every output whose input had it."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=False, supports_autonaming_configuration=True)

    def GetPluginInfo(self, request: Any, context: Context) -> Any:
        """The version is the SDK's: the plugin stands in for that one."""
        return plugin_pb2.PluginInfo(version=version(f"pulumi-{self._plugin.name}"))

    def Attach(self, request: Any, context: Context) -> Any:
        """Nothing is needed of the engine."""
        return empty_pb2.Empty()

    def GetMapping(self, request: Any, context: Context) -> Any:
        """There is no Terraform provider behind this plugin."""
        return provider_pb2.GetMappingResponse()

    @answering
    def GetSchema(self, request: Any, context: Context) -> Any:
        """Refused: the SDK's package has the schema."""
        raise ProviderError(
            f"the stand-in plugin {self._plugin.name} has no schema; `pulumi import` needs --generate-code=false"
        )

    @answering
    def CheckConfig(self, request: Any, context: Context) -> Any:
        """Name every setting that the stand-in lacks."""
        unknown = sorted(set(values.read(request.news)) - self._plugin.settings - ENGINE_SETTINGS)
        faults = [
            provider_pb2.CheckFailure(
                property=name, reason=f"the setting {self._plugin.name}:{name} is not emulated here; {COVERAGE}"
            )
            for name in unknown
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=faults)

    def DiffConfig(self, request: Any, context: Context) -> Any:
        """A changed setting never replaces what the provider made."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    @answering
    def Configure(self, request: Any, context: Context) -> Any:
        """Connect to the cloud with the configuration and the environment."""
        self._client = self._plugin.connect(values.read(request.args), self._patience)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, supportsPreview=True, supports_autonaming_configuration=True
        )

    @answering
    def Invoke(self, request: Any, context: Context) -> Any:
        """Run a call such as getGroup."""
        call = self._plugin.invokes.get(request.tok)
        if call is None:
            raise ProviderError(f"the call {request.tok} is not emulated here; {COVERAGE}")
        return provider_pb2.InvokeResponse(**{"return": values.write(call(self._client, values.read(request.args)))})

    @answering
    def Check(self, request: Any, context: Context) -> Any:
        """Fill in names and defaults, and name every wrong property."""
        schema = self._resource(request.urn).schema
        named = fill_names(schema, values.read(request.news), request)
        inputs = fill_defaults(schema, named)
        faults = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures(schema, inputs)]
        return provider_pb2.CheckResponse(inputs=values.write(inputs, secrets_of(schema)), failures=faults)

    @answering
    def Diff(self, request: Any, context: Context) -> Any:
        """What an update would change, what it must replace, and whether the old one has to go first."""
        schema = self._resource(request.urn).schema
        state, old, new = (values.read(part) for part in (request.olds, request.old_inputs, request.news))
        changed = [n for n in changed_properties(schema, state, old, new) if n not in request.ignoreChanges]
        replaced = [name for name in changed if schema[name].replace]
        kinds = provider_pb2.PropertyDiff
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some,
            diffs=changed,
            replaces=replaced,
            deleteBeforeReplace=bool(replaced) and given_name(schema, new, request.urn),
            detailedDiff={n: kinds(kind=kinds.UPDATE_REPLACE if n in replaced else kinds.UPDATE) for n in changed},
            hasDetailedDiff=True,
        )

    @answering
    def Create(self, request: Any, context: Context) -> Any:
        """Create, then read: the state is what the cloud answers."""
        resource, inputs = self._resource(request.urn), values.read(request.properties)
        secrets = secrets_of(resource.schema)
        if request.preview:
            return provider_pb2.CreateResponse(properties=values.write(states.expected(resource, {}, inputs), secrets))
        try:
            made = creation.create(resource, self._client, inputs)
        except HalfDone as half:
            raise states.as_it_is(resource, self._client, half) from half
        try:
            state = resource.state(self._client, made.identifier, {**inputs, **made.told})
        except (ProviderError, Gone) as error:
            reason = f"{made.identifier} was created and cannot be read: {error}"
            unread = HalfDone(made.identifier, inputs, reason, made.told)
            raise states.as_it_is(resource, self._client, unread) from error
        return provider_pb2.CreateResponse(id=made.identifier, properties=values.write(state, secrets))

    @answering
    def Read(self, request: Any, context: Context) -> Any:
        """Refresh or import; an empty id says that the object is gone."""
        resource = self._resource(request.urn)
        state, inputs = values.read(request.properties), values.read(request.inputs)
        try:
            found = resource.state(self._client, request.id, {**state, **inputs})
        except Gone:
            return provider_pb2.ReadResponse()
        secrets = secrets_of(resource.schema)
        return provider_pb2.ReadResponse(
            id=found.get("id", request.id),
            properties=values.write(found, secrets),
            inputs=values.write(as_inputs(resource.schema, found, inputs), secrets),
        )

    @answering
    def Update(self, request: Any, context: Context) -> Any:
        """Update, then read."""
        resource = self._resource(request.urn)
        state, new = values.read(request.olds), values.read(request.news)
        secrets = secrets_of(resource.schema)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=values.write(states.expected(resource, state, new), secrets))
        new |= {name: state[name] for name in request.ignoreChanges if name in state}
        try:
            if not states.is_whole(resource, state):
                state = resource.state(self._client, request.id, {**state, **new})
            resource.update(self._client, request.id, state, new)
            found = resource.state(self._client, request.id, {**state, **new})
        except Gone as error:
            raise ProviderError(f"{request.id} is gone; run `pulumi refresh`, then again") from error
        except ProviderError as error:
            raise states.half_updated(resource, self._client, request.id, state, new, error) from error
        return provider_pb2.UpdateResponse(properties=values.write(found, secrets))

    @answering
    def Delete(self, request: Any, context: Context) -> Any:
        """Delete; where somebody else did, the wish is fulfilled."""
        resource = self._resource(request.urn)
        with contextlib.suppress(Gone):
            resource.delete(self._client, request.id, values.read(request.properties))
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Context) -> Any:
        """Requests in flight finish; waiting for another try ends, also while the plugin is being configured."""
        self._patience.cancel()
        if self._client is not None:
            self._client.patience.cancel()
        return empty_pb2.Empty()

    @answering
    def Construct(self, request: Any, context: Context) -> Any:
        """Refused: neither plugin has components."""
        raise ProviderError(f"the component {request.type} is not emulated here; {COVERAGE}")

    @answering
    def Call(self, request: Any, context: Context) -> Any:
        """Refused: neither plugin has methods."""
        raise ProviderError(f"the method {request.tok} is not emulated here; {COVERAGE}")

    def _resource(self, urn: str) -> Resource:
        token = type_token(urn)
        if token not in self._plugin.resources:
            raise ProviderError(f"the resource type {token} is not emulated here; {COVERAGE}")
        return self._plugin.resources[token]


def main(plugin: Plugin) -> None:
    """Serve the plugin until the engine ends it."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    provider = Provider(plugin)
    serve(
        lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server),
        at_signal=lambda: provider.Cancel(None, None),
    )
