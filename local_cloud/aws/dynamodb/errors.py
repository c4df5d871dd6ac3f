"""What DynamoDB does not take."""


class Invalid(Exception):
    """A ValidationException; the text is DynamoDB's."""
