"""Property values on the wire: from protobuf to Python and back, with unknowns, secrets and archives."""

from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire's name for a secret, not one
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
FOREIGN = "__defaults"  # the real plugins' own note about which inputs they filled in

Properties = dict[str, Any]


def read(struct: struct_pb2.Struct | None) -> Properties:
    """The properties as plain Python; secrets unwrapped, whole numbers as int, nulls left out."""
    plain = json_format.MessageToDict(struct) if struct is not None else {}
    return {name: _plain(value) for name, value in plain.items() if value is not None and name != FOREIGN}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _plain(value["value"])
        return {key: _plain(item) for key, item in value.items() if key != FOREIGN}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write(properties: Properties, secrets: frozenset[str] = frozenset()) -> struct_pb2.Struct:
    """The properties for the wire; those named in `secrets` are marked, so that the state encrypts them."""
    struct = struct_pb2.Struct()
    marked = {
        name: {SIGNATURE: SECRET, "value": value} if name in secrets and value is not None else value
        for name, value in properties.items()
    }
    struct.update(marked)
    return struct


def unknown(value: Any) -> bool:
    """Whether the value, or anything in it, is not known yet."""
    if isinstance(value, dict):
        return any(unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(unknown(item) for item in value)
    return value == UNKNOWN


def is_archive(value: Any) -> bool:
    """Whether the value is an archive of any kind."""
    return isinstance(value, dict) and value.get(SIGNATURE) == ARCHIVE


def digest(archive: Any) -> str:
    """The hash of an archive's content, which the engine puts beside its path."""
    return str(archive.get("hash") or archive.get("path"))


def archive_bytes(value: Any) -> bytes:
    """
    The content of a file archive.

    Raises:
        ValueError: not an archive with a path.
    """
    if is_archive(value) and value.get("path"):
        return Path(value["path"]).read_bytes()
    raise ValueError("must be a FileArchive with a path")
