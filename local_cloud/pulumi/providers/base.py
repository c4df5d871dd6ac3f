"""
A resource plugin over the wire: Pulumi's provider protocol on one side, a `Plugin` on the other.

Source: pulumi.runtime.proto, ResourceProvider.
"""

import os
from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any, TypeAlias

import grpc
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import errors_pb2, plugin_pb2, provider_pb2, provider_pb2_grpc

from local_cloud.pulumi.providers import values
from local_cloud.pulumi.providers.difference import as_inputs, changed_properties
from local_cloud.pulumi.providers.errors import Gone, HalfCreated, ProviderError
from local_cloud.pulumi.providers.resource import Plugin, Resource
from local_cloud.pulumi.providers.schema import failures, fill_defaults, secrets_of
from local_cloud.pulumi.serving import serve

Context: TypeAlias = Any  # grpc.ServicerContext, for which there are no types
Method = Callable[[Any, Any, Context], Any]


def answering(method: Method) -> Method:
    """Turn a failure into the status that the engine shows to the person."""

    @wraps(method)
    def answer(self: Any, request: Any, context: Context) -> Any:
        try:
            return method(self, request, context)
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except HalfCreated as error:
            _abort_half_created(error, context)

    return answer


def _abort_half_created(error: HalfCreated, context: Context) -> None:
    """The object is kept in the state, marked as not complete, so that the next `up` mends or deletes it."""
    detail = any_pb2.Any()
    detail.Pack(
        errors_pb2.ErrorResourceInitFailed(
            id=error.identifier, properties=values.write(error.properties), reasons=[error.reason]
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, error.reason)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The servicer of one plugin."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin
        self._client: Any = None

    def Handshake(self, request: Any, context: Context) -> Any:
        """Secrets are accepted on the wire, so that the state can mark them."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_outputs=False)

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
        raise ProviderError(f"the stand-in plugin {self._plugin.name} has no schema; install the real plugin for that")

    def CheckConfig(self, request: Any, context: Context) -> Any:
        """Name every setting that the stand-in lacks."""
        given = values.read(request.news)
        unknown = sorted(set(given) - self._plugin.settings - {"version", "pluginDownloadURL"})
        reason = "this setting of the provider is not emulated here; local_cloud/COVERAGE.md lists what is"
        faults = [provider_pb2.CheckFailure(property=name, reason=reason) for name in unknown]
        return provider_pb2.CheckResponse(inputs=request.news, failures=faults)

    def DiffConfig(self, request: Any, context: Context) -> Any:
        """A changed setting never replaces what the provider made."""
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    @answering
    def Configure(self, request: Any, context: Context) -> Any:
        """Connect to the cloud with the configuration and the environment."""
        self._client = self._plugin.connect(values.read(request.args))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @answering
    def Invoke(self, request: Any, context: Context) -> Any:
        """Run a call such as getGroup."""
        call = self._plugin.invokes.get(request.tok)
        if call is None:
            raise ProviderError(f"the call {request.tok} is not emulated here; local_cloud/COVERAGE.md lists what is")
        return provider_pb2.InvokeResponse(**{"return": values.write(call(self._client, values.read(request.args)))})

    @answering
    def Check(self, request: Any, context: Context) -> Any:
        """Fill in the defaults and name every wrong property."""
        schema = self._resource(request.urn).schema
        inputs = fill_defaults(schema, values.read(request.news))
        inputs.pop("__defaults", None)
        faults = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures(schema, inputs)]
        return provider_pb2.CheckResponse(inputs=values.write(inputs, secrets_of(schema)), failures=faults)

    @answering
    def Diff(self, request: Any, context: Context) -> Any:
        """What an update would change, and what it must replace."""
        schema = self._resource(request.urn).schema
        state, old, new = (values.read(part) for part in (request.olds, request.old_inputs, request.news))
        changed = [n for n in changed_properties(schema, state, old, new) if n not in request.ignoreChanges]
        replaced = [name for name in changed if schema[name].replace]
        kinds = provider_pb2.PropertyDiff
        detail = {n: kinds(kind=kinds.UPDATE_REPLACE if n in replaced else kinds.UPDATE) for n in changed}
        some = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=some, diffs=changed, replaces=replaced, detailedDiff=detail, hasDetailedDiff=True
        )

    @answering
    def Create(self, request: Any, context: Context) -> Any:
        """Create, then read: the state is what the cloud answers."""
        resource, inputs = self._resource(request.urn), values.read(request.properties)
        if request.preview:
            pending = {name: values.UNKNOWN for name, spec in resource.schema.items() if spec.output}
            return provider_pb2.CreateResponse(properties=values.write({**pending, **inputs}))
        identifier = resource.create(self._client, inputs)
        try:
            state = self._read(resource, identifier, inputs)
        except (ProviderError, Gone) as error:
            reason = f"{identifier} was created and cannot be read: {error}"
            raise HalfCreated(identifier, inputs, reason) from error
        return provider_pb2.CreateResponse(id=identifier, properties=values.write(state, secrets_of(resource.schema)))

    @answering
    def Read(self, request: Any, context: Context) -> Any:
        """Refresh or import; an empty id says that the object is gone."""
        resource = self._resource(request.urn)
        state, inputs = values.read(request.properties), values.read(request.inputs)
        try:
            found = self._read(resource, request.id, {**state, **inputs})
        except Gone:
            return provider_pb2.ReadResponse()
        secrets = secrets_of(resource.schema)
        read_inputs = as_inputs(resource.schema, found, inputs)
        return provider_pb2.ReadResponse(
            id=found.get("id", request.id),
            properties=values.write(found, secrets),
            inputs=values.write(read_inputs, secrets),
        )

    @answering
    def Update(self, request: Any, context: Context) -> Any:
        """Update, then read."""
        resource = self._resource(request.urn)
        state, new = values.read(request.olds), values.read(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=values.write({**state, **new}))
        try:
            resource.update(self._client, request.id, state, new)
            found = self._read(resource, request.id, {**state, **new})
        except Gone as error:
            raise ProviderError(f"{request.id} is gone; run `pulumi refresh`, then again") from error
        return provider_pb2.UpdateResponse(properties=values.write(found, secrets_of(resource.schema)))

    @answering
    def Delete(self, request: Any, context: Context) -> Any:
        """Delete; what is gone already is deleted."""
        try:
            self._resource(request.urn).delete(self._client, request.id, values.read(request.properties))
        except Gone:
            pass  # somebody else deleted it: the wish is fulfilled
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Context) -> Any:
        """Requests in flight finish; waiting for another try ends."""
        if self._client is not None:
            self._client.cancel()
        return empty_pb2.Empty()

    def _resource(self, urn: str) -> Resource:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        if token not in self._plugin.resources:
            raise ProviderError(
                f"the resource type {token} is not emulated here; local_cloud/COVERAGE.md lists what is"
            )
        return self._plugin.resources[token]

    def _read(self, resource: Resource, identifier: str, given: values.Properties) -> values.Properties:
        found = resource.read(self._client, identifier, given)
        kept = {n: given[n] for n, spec in resource.schema.items() if spec.prefer_given and n in given}
        return {**found, **kept}


def main(plugin: Plugin) -> None:
    """Serve the plugin until the engine ends it."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(plugin), server))
