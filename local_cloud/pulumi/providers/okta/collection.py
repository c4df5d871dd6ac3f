"""What scopes, claims, policies and rules share: a collection below their authorization server."""

from collections.abc import Callable
from dataclasses import dataclass

from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Candidate, Resource, import_parts
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

SERVERS = "/api/v1/authorizationServers"
STATUS = Property("string", default="ACTIVE")
SERVER_ID = Property("string", required=True)


def set_status(okta: OktaClient, path: str, status: str) -> None:
    """Activate or deactivate the object at the path."""
    verb = "activate" if status == "ACTIVE" else "deactivate"
    okta.send("POST", f"{path}/lifecycle/{verb}", repeatable=True)


@dataclass(frozen=True)
class Collection:
    """
    Objects of one type below an authorization server.

    Args:
        noun: what a person calls one.
        path: below the server, with the names of the properties that are ids in it.
        import_form: how an import names an object.
        body: the request's body of the inputs.
        state: the properties of the answer.
        check: raises for inputs that the real plugin refuses before it sends anything.
        with_lifecycle: the status is changed by a request of its own, after the PUT.
    """

    noun: str
    path: str
    import_form: str
    body: Callable[[Properties], Properties]
    state: Callable[[Properties], Properties]
    check: Callable[[Properties, bool], None] = lambda inputs, new: None
    with_lifecycle: bool = False

    def resource(self, schema: dict[str, Property]) -> Resource:
        """The resource type with this schema."""
        return Resource(
            schema=schema,
            noun=self.noun,
            title="name",
            create=self.create,
            read=self.read,
            update=self.update,
            delete=self.delete,
            find=self.find,
            import_form=self.import_form,
        )

    def find(self, okta: OktaClient, inputs: Properties) -> list[Candidate]:
        """Those of the collection that have the name."""
        return okta.named(self._path(inputs), inputs["name"])

    def create(self, okta: OktaClient, inputs: Properties) -> str:
        """POST to the collection."""
        self.check(inputs, True)
        return str(okta.send("POST", self._path(inputs), self.body(inputs))["id"])

    def read(self, okta: OktaClient, identifier: str, given: Properties) -> Properties:
        """GET the object; an import's id holds the ids of what is above it, too."""
        if "authServerId" not in given:
            given = import_parts(identifier, self.import_form)
            identifier = given["id"]
        above = {name: given[name] for name in ("authServerId", "policyId") if name in self.import_form}
        return {"id": identifier, **above, **self.state(okta.get(f"{self._path(given)}/{identifier}"))}

    def update(self, okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
        """PUT the object, then its status where that changed."""
        self.check(inputs, False)
        path = f"{self._path(inputs)}/{identifier}"
        okta.send("PUT", path, self.body(inputs))
        if self.with_lifecycle and state.get("status") != inputs["status"]:
            set_status(okta, path, inputs["status"])

    def delete(self, okta: OktaClient, identifier: str, state: Properties) -> None:
        """DELETE the object."""
        okta.send("DELETE", f"{self._path(state)}/{identifier}")

    def _path(self, inputs: Properties) -> str:
        return f"{SERVERS}/{inputs['authServerId']}/" + self.path.format(**inputs)
