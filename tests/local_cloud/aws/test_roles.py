"""Who may assume a function's role, and what IAM takes for a policy."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cloud.aws.account import ECHO, TRUST, Account, policy
from tests.local_cloud.aws.test_functions import invoke
from tests.requirements import requirement

CANNOT = "InvalidParameterValueException.* The role defined for the function cannot be assumed by Lambda"
NOBODY = "arn:aws:iam::123456789012:role/nobody"
NOT_LAMBDA: list[list[dict[str, Any]]] = [
    [TRUST | {"Principal": {"Service": "ec2.amazonaws.com"}}],
    [TRUST | {"Principal": {"Service": ["lamda.amazonaws.com"]}}],
    [TRUST | {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}],
    [TRUST | {"Action": "sts:TagSession"}],
    [TRUST, TRUST | {"Effect": "Deny"}],
]
LAMBDA: list[list[dict[str, Any]]] = [
    [TRUST],
    [TRUST | {"Action": "sts:assumerole"}],
    [TRUST | {"Action": "STS:AssumeRole"}],
    [TRUST | {"Action": ["sts:AssumeRole", "sts:SetContext", "sts:TagSession"]}],
    [TRUST | {"Action": ["STS:SETCONTEXT"]}, TRUST],
    [TRUST | {"Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}],
    [TRUST | {"Principal": {"AWS": "123456789012"}}, TRUST | {"Action": ["sts:TagSession", "sts:AssumeRole"]}],
]
UNKNOWN: list[tuple[dict[str, Any], str]] = [
    ({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, "'Condition' of a trust policy"),
    ({"Principal": "*"}, "the principal '\\*' of a trust policy"),
    ({"Principal": {"AWS": ["*"]}}, "the principal '\\*' of a trust policy"),
]
VERSIONS: list[dict[str, str]] = [{"Version": "2008-10-17"}, {"Version": "2012-10-17"}, {}]
MALFORMED = [
    (policy(TRUST).replace("2012", "2013"), "Syntax errors in policy"),
    (policy(TRUST | {"Action": [None]}), "Syntax errors in policy"),
    (policy(TRUST | {"Action": ["sts:AssumeRole", "lambda:InvokeFunction"]}), "can only be sts:AssumeRole"),
    ("{}", "Syntax errors in policy"),
    ("nope", "Syntax errors in policy"),
    ("[]", "Syntax errors in policy"),
    (policy({"Effect": "Allow", "Action": "sts:AssumeRole"}), "Missing required field Principal"),
    (policy(TRUST | {"Principal": "lambda.amazonaws.com"}), "Invalid principal in policy"),
    (policy(TRUST | {"Action": "lambda:InvokeFunction"}), "can only be sts:AssumeRole"),
    (policy(TRUST | {"Resource": "*"}), "prohibited field Resource"),
]


def make_role(account: Account, *statements: dict[str, Any]) -> str:
    """A role `other` with this trust policy."""
    made = account.iam.create_role(RoleName="other", AssumeRolePolicyDocument=policy(*statements))
    return str(made["Role"]["Arn"])


@requirement("aws:trust")
@pytest.mark.parametrize("statements", NOT_LAMBDA, ids=json.dumps)
def test_a_role_that_lambda_cannot_assume_is_refused(account: Account, statements: list[dict[str, Any]]) -> None:
    """At CreateFunction and UpdateFunctionConfiguration; the function keeps its role (AWS Lambda, execution role)."""
    role = make_role(account, *statements)
    account.create_function(ECHO)
    code = account.functions.get_function_configuration(FunctionName="f")
    more = {name: code[name] for name in ("Runtime", "Handler")}
    with pytest.raises(ClientError, match=CANNOT):
        account.create_function(ECHO, "g", Role=role)
    with pytest.raises(ClientError, match=CANNOT):
        account.functions.update_function_configuration(FunctionName="f", Role=role, **more)

    assert [held["Role"] for held in account.functions.list_functions()["Functions"]] == [code["Role"]]


@requirement("aws:trust")
@pytest.mark.parametrize("statements", LAMBDA, ids=json.dumps)
def test_a_role_that_trusts_lambda_is_taken(account: Account, statements: list[dict[str, Any]]) -> None:
    """However the policy says it (IAM, policy elements: Principal)."""
    account.create_function(ECHO, Role=make_role(account, *statements))

    assert invoke(account, 1) == 1


@requirement("aws:trust")
@pytest.mark.parametrize("version", VERSIONS, ids=json.dumps)
def test_a_trust_policy_of_either_version_is_kept_as_it_was_sent(account: Account, version: dict[str, str]) -> None:
    """At both calls, and Lambda may assume the role; without a version it is 2008-10-17 (IAM, elements: Version)."""
    document = {**version, "Statement": [TRUST | {"Action": "sts:assumeRole"}]}
    sent = json.dumps(document)
    made = account.iam.create_role(RoleName="old", AssumeRolePolicyDocument=sent)["Role"]
    assert made["AssumeRolePolicyDocument"] == document
    account.create_function(ECHO, Role=made["Arn"])
    changed = make_role(account, TRUST | {"Principal": {"Service": "ec2.amazonaws.com"}})
    account.iam.update_assume_role_policy(RoleName="other", PolicyDocument=sent)

    assert account.iam.get_role(RoleName="other")["Role"]["AssumeRolePolicyDocument"] == document
    account.create_function(ECHO, "g", Role=changed)


@requirement("aws:trust")
def test_the_trust_of_a_role_that_is_not_there_is_not_changed(account: Account) -> None:
    """NoSuchEntity (IAM API reference, UpdateAssumeRolePolicy)."""
    with pytest.raises(account.iam.exceptions.NoSuchEntityException):
        account.iam.update_assume_role_policy(RoleName="nobody", PolicyDocument=json.dumps({"Statement": [TRUST]}))


@requirement("aws:trust")
def test_a_role_that_is_not_there_is_refused_at_an_update_too(account: Account) -> None:
    """As at CreateFunction, in the same words; so is what is no ARN of a role (API reference, errors)."""
    account.create_function(ECHO)
    update = account.functions.update_function_configuration
    with pytest.raises(ClientError, match=CANNOT):
        update(FunctionName="f", Role=NOBODY)
    with pytest.raises(ClientError, match=r"AccessDeniedException.* Cross-account"):
        update(FunctionName="f", Role=NOBODY.replace("1234", "4321"))
    with pytest.raises(ClientError, match=r"ValidationException.* 'role'"):
        update(FunctionName="f", Role="nobody")


@requirement("aws:trust")
@pytest.mark.parametrize(("changed", "named"), UNKNOWN, ids=[named for _, named in UNKNOWN])
def test_a_trust_policy_that_cannot_be_decided_is_refused_by_name(
    account: Account, changed: dict[str, Any], named: str
) -> None:
    """Neither taken nor passed over (ours)."""
    role = make_role(account, TRUST | changed)
    with pytest.raises(ClientError, match=f"NotEmulated.* does not emulate .*{named}"):
        account.create_function(ECHO, Role=role)


@requirement("aws:trust")
@pytest.mark.parametrize(("document", "text"), MALFORMED, ids=[text for _, text in MALFORMED])
def test_a_malformed_trust_policy_is_refused(account: Account, document: str, text: str) -> None:
    """MalformedPolicyDocument at CreateRole and at UpdateAssumeRolePolicy (IAM API reference)."""
    with pytest.raises(account.iam.exceptions.MalformedPolicyDocumentException, match=text):
        account.iam.create_role(RoleName="other", AssumeRolePolicyDocument=document)
    make_role(account, TRUST)
    with pytest.raises(account.iam.exceptions.MalformedPolicyDocumentException, match=text):
        account.iam.update_assume_role_policy(RoleName="other", PolicyDocument=document)


@requirement("aws:refused")
def test_the_policies_of_a_role_have_a_size(account: Account) -> None:
    """10,240 characters for all inline policies together, 2,048 for its trust; white space is free (IAM quotas)."""
    make_role(account, TRUST)

    def put(name: str, size: int) -> None:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}
        rest = "arn:aws:s3:::" + "x" * (size - len("".join(policy(statement).split())) - len("arn:aws:s3:::"))
        document = policy(statement | {"Resource": rest}) + " " * 20_000
        account.iam.put_role_policy(RoleName="other", PolicyName=name, PolicyDocument=document)

    put("a", 5000)
    put("b", 5240)
    put("b", 5240)
    with pytest.raises(account.iam.exceptions.LimitExceededException, match="10240 bytes exceeded for role other"):
        put("b", 5241)
    long = policy(TRUST | {"Sid": "x" * 2048})
    with pytest.raises(account.iam.exceptions.LimitExceededException, match="ACLSizePerRole: 2048"):
        account.iam.update_assume_role_policy(RoleName="other", PolicyDocument=long)
