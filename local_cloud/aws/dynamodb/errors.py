"""What DynamoDB does not take."""


class Invalid(Exception):
    """A ValidationException; the text is DynamoDB's."""


class Unreadable(Exception):
    """A SerializationException: what was sent is no document of the model's."""
