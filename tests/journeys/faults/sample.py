"""The sample of all fault runs that the suite has: each kind and each type of resource at least once."""

from tests.journeys.faults.fault import Fault

API = "aws:apigatewayv2/api:Api api"
STAGE = "aws:apigatewayv2/stage:Stage stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration integration"
ROUTE = "aws:apigatewayv2/route:Route route-mcp"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup log"
TABLE = "aws:dynamodb/table:Table table"
ROLE = "aws:iam/role:Role role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy policy"
FUNCTION = "aws:lambda/function:Function function"
PERMISSION = "aws:lambda/permission:Permission permission"
APP = "okta:app/oAuth:OAuth app"
ASSIGNMENT = "okta:app/groupAssignment:GroupAssignment assignment-mcp-readers"
SERVER = "okta:auth/server:Server server"
SCOPE = "okta:auth/serverScope:ServerScope scope-mcp-read"
POLICY = "okta:auth/serverPolicy:ServerPolicy policy"
RULE = "okta:auth/serverPolicyRule:ServerPolicyRule rule-mcp-read"


def create(resource: str, kind: str) -> Fault:
    """A fault of `up` where it creates that."""
    return Fault("up", f"Create {resource}", kind)


def delete(resource: str, kind: str) -> Fault:
    """A fault of `down` where it deletes that."""
    return Fault("down", f"Delete {resource}", kind)


# Each chain leaves nothing, so that they may run in any order. Within one each object needs the one before it, so that
# it is not there yet, or still there, at its own turn.
CHAINS = {
    "server": (
        create(API, "refused"),
        create(SERVER, "plugin-killed-after"),
        create(f"{SCOPE} #1", "500-for-ever"),
        create(RULE, "engine-killed-after"),
        "up",
        delete(RULE, "plugin-killed-before"),
        delete(SERVER, "lost"),
        delete(API, "refused"),
        "down",
    ),
    "function": (
        create(ROLE, "plugin-killed-before"),
        create(FUNCTION, "hung"),
        create(PERMISSION, "engine-killed-before"),
        create(INTEGRATION, "command-killed"),
        create(ROUTE, "interrupted"),
        "up",
        delete(ROUTE, "hung"),
        delete(INTEGRATION, "engine-killed-before"),
        delete(PERMISSION, "plugin-killed-after"),
        delete(FUNCTION, "engine-killed-after"),
        delete(ROLE_POLICY, "interrupted"),
        delete(ROLE, "command-killed"),
        "down",
    ),
    "app": (
        create(APP, "plugin-killed-after"),
        create(ASSIGNMENT, "lost"),
        "up",
        delete(ASSIGNMENT, "lost"),
        delete(f"{APP} #1", "500-for-ever"),
        "down",
    ),
    "cloud": (create(STAGE, "cloud-killed"), "up", delete(POLICY, "cloud-killed"), "down"),
    "requests": (
        "up",
        delete(f"{SCOPE} #1", "dropped-before"),
        "down",
        create(f"{LOG_GROUP} #1", "dropped-after"),
        "down",
    ),
    "slow": (create(f"{SERVER} #1", "429"), delete(f"{LOG_GROUP} #1", "500"), create(f"{TABLE} #1", "slow"), "down"),
    "at once": (create(ROLE_POLICY, "lost"), "down", create(POLICY, "engine-killed-after"), "down"),
    "changed": (
        "up",
        Fault("change", f"Update {FUNCTION}", "engine-killed-after"),
        "change",
        delete(STAGE, "lost"),
        "up",
        delete(TABLE, "refused"),
        "down",
    ),
}


def struck(command: str) -> list[Fault]:
    """The faults of the sample that strike that command."""
    faults = [item for chain in CHAINS.values() for item in chain if isinstance(item, Fault)]
    return [fault for fault in faults if fault.command == command]
