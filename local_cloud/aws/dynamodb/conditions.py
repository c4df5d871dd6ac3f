"""
Conditions and filters: whether moto, which evaluates them, can read them.

Source: DynamoDB developer guide, Condition and filter expressions, operators, and functions.
"""

from collections.abc import Mapping
from typing import Any

from moto.dynamodb.comparisons import IncorrectOperandType, create_condition_expression_parser
from moto.dynamodb.exceptions import MockValidationException

from local_cloud.aws.dynamodb.errors import Invalid

CONDITIONS = {"ConditionExpression", "FilterExpression"}


def check_condition(wanted: Mapping[str, Any], kind: str) -> None:
    """
    Accept a condition that moto can read; at another it may fail.

    Raises:
        Invalid: it is no condition.
    """
    names, values = wanted.get("ExpressionAttributeNames"), wanted.get("ExpressionAttributeValues")
    try:
        create_condition_expression_parser(wanted[kind], names, values).parse()
    except MockValidationException as error:
        raise Invalid(str(error.message)) from None
    except IncorrectOperandType as error:
        raise Invalid(f"Invalid {kind}: {error}") from None
    except (ValueError, LookupError, RecursionError):
        raise Invalid(f'Invalid {kind}: Syntax error; near: "{wanted[kind][-20:]}"') from None
