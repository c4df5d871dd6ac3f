"""Where people's notes are kept: a DynamoDB table, and what the function may do with it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# Keys and index as lambda_server/notes.py uses them (a test compares the two).
OWNER, NOTE, CREATED = "owner", "id", "created"
BY_CREATION = "by-creation"
ACTIONS = ("DeleteItem", "GetItem", "PutItem")


@dataclass(frozen=True)
class NotesArgs:
    """What the table is called, and whether it holds what nobody may lose."""

    name: str
    tags: Mapping[str, str]
    lasting: bool


class Notes(pulumi.ComponentResource):
    """
    A table keyed by the person's Okta id, encrypted; one that lasts is protected and restorable.

    `down` asks the table itself whether it is protected (DeletionProtectionEnabled), and takes that off after its own
    question; nothing else does, so that neither `up` nor plain `pulumi destroy` deletes a table that lasts.

    Source: AWS, DynamoDB, deletion protection; point-in-time recovery, 35 days, and after the deletion of the table as
    long a backup of the system's, which is why a stack that comes and goes has none.
    """

    table_name: pulumi.Output[str]
    use_policy: pulumi.Output[str]

    def __init__(self, name: str, args: NotesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mcp-okta:infra:Notes", name, None, opts)
        table = self._table(args)
        self.table_name = table.name
        self.use_policy = table.arn.apply(use_table)
        self.register_outputs({"table_name": self.table_name})

    def _table(self, args: NotesArgs) -> aws.dynamodb.Table:
        return aws.dynamodb.Table(
            "table",
            name=args.name,
            billing_mode="PAY_PER_REQUEST",
            hash_key=OWNER,
            range_key=NOTE,
            attributes=[{"name": key, "type": "S"} for key in (OWNER, NOTE, CREATED)],
            local_secondary_indexes=[{"name": BY_CREATION, "range_key": CREATED, "projection_type": "ALL"}],
            point_in_time_recovery={"enabled": args.lasting},
            deletion_protection_enabled=args.lasting,
            server_side_encryption={"enabled": True},
            tags=args.tags,
            # Another of the same name cannot be made before: of one that lasts, a replacement must fail.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=not args.lasting),
        )


def use_table(table_arn: str) -> str:
    """
    The policy document that lets the function work with single notes and list one person's; no scans, no batches.

    Source: Service authorization reference, DynamoDB: a query needs the index's own ARN, the rest the table's.
    """
    statements = [
        {"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in ACTIONS], "Resource": table_arn},
        {"Effect": "Allow", "Action": ["dynamodb:Query"], "Resource": f"{table_arn}/index/{BY_CREATION}"},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
