"""
What can go wrong.

ServerError            the function cannot start
  x BadSettings        the environment variables
  x BadDeclaration     the tools, prompts and resources
NotesError             a tool cannot do what it was asked to
  x NoNotebook         there is no table, or the caller is no person
  x NotesUnavailable   the table
  x NoteUnknown        the id
  x NoteConflict       the version, or the key
  x WrongCursor        the cursor
  x NoteRefused        something else in the request, which the table does not take
"""


class ServerError(Exception):
    """The function cannot start; the message says what is wrong, the remedy what to do."""

    exit_code = 1

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} → {remedy}")
        self.message = message
        self.remedy = remedy


class BadSettings(ServerError):
    """Environment variables are missing or cannot be used; the message lists all of them."""


class BadDeclaration(ServerError):
    """Tools, prompts, resources and scopes do not fit together; the message lists all that is wrong."""


class NotesError(Exception):
    """A note cannot be kept, found or changed; the message is for the caller."""


class NoNotebook(NotesError):
    """There is no place for notes, or the caller is no person."""


class NotesUnavailable(NotesError):
    """The table does not answer."""


class NoteUnknown(NotesError):
    """The caller has no note of that id."""


class NoteConflict(NotesError):
    """Something else was written since."""


class WrongCursor(NotesError):
    """The cursor is not one that a page ended with."""


class NoteRefused(NotesError):
    """The table does not take what was sent."""
