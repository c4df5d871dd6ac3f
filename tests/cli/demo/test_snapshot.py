"""What the demo compares before it says that nothing is left."""

from cli.demo.snapshot import difference, take_snapshot
from environments.ownership import Owner
from tests.environments.clouds import (
    TOKEN,
    aws,
    aws_account,
    forget_aws,
    make_on_aws,
    make_table,
    okta_org,
)

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}


def test_each_kind_of_object_on_aws_is_seen() -> None:
    """Whatever `up` makes there would be named if `down` left it (issue 3 and 5, must show: nothing is left)."""
    with okta_org() as okta, aws_account() as endpoint:
        forget_aws()
        url, account = str(okta.base_url).rstrip("/"), {"endpoint_url": endpoint, **KEYS}
        before = take_snapshot(url, TOKEN, account)
        make_on_aws(endpoint, Owner("left", "0a1b2c3d"))
        left = difference(before, take_snapshot(url, TOKEN, account))

    kinds = {line.split(": aws ")[1].rsplit(" ", 1)[0] for line in left}
    assert kinds == {"api", "function", "role", "log group", "table"}


def test_a_table_that_changed_is_seen() -> None:
    """The table of another environment is not the demo's to touch (ours)."""
    with okta_org() as okta, aws_account() as endpoint:
        forget_aws()
        url, account = str(okta.base_url).rstrip("/"), {"endpoint_url": endpoint, **KEYS}
        make_table(endpoint, "others", {})
        before = take_snapshot(url, TOKEN, account)
        aws(endpoint, "dynamodb").put_item(TableName="others", Item={"owner": {"S": "00u2"}, "note": {"S": "2"}})

        assert difference(before, take_snapshot(url, TOKEN, account)) == ["changed: aws table others"]
