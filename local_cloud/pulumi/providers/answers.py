"""How a plugin's failures reach the person: one status, one sentence, no traceback."""

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from google.protobuf import any_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2

from local_cloud.pulumi.providers import values
from local_cloud.pulumi.providers.errors import Gone, HalfDone, ProviderError

Context: TypeAlias = Any  # grpc.ServicerContext, for which there are no types
Method = Callable[[Any, Any, Context], Any]


def answering(method: Method) -> Method:
    """Turn a failure into the status that the engine shows to the person."""

    @wraps(method)
    def answer(self: Any, request: Any, context: Context) -> Any:
        try:
            return method(self, request, context)
        except HalfDone as error:
            half, text = error, error.reason
        except ProviderError as error:
            half, text = None, str(error)
        except Gone as error:
            half, text = None, f"does not exist: {error}"
        except Exception as error:  # the edge: our own mistake is named with its place, too
            half, text = None, own_mistake(error)
        return abort(context, text, half)

    return answer


def own_mistake(error: Exception) -> str:
    """An error that nobody foresaw, in one line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"the stand-in plugin failed: {type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno})"


def abort(context: Context, text: str, half: HalfDone | None = None) -> None:
    """End the request; a half-made object is kept in the state, so that the next `up` mends or deletes it."""
    if half is not None:
        detail = any_pb2.Any()
        detail.Pack(initialization_failed(half))
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text, details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, text)


def initialization_failed(half: HalfDone) -> Any:
    """
    The status detail that carries the object's id.

    Source: pulumi.runtime.proto, ErrorResourceInitFailed.
    """
    return provider_pb2.ErrorResourceInitFailed(
        id=half.identifier,
        properties=values.write(half.properties, half.secrets),
        inputs=values.write(half.inputs, half.secrets),
        reasons=[half.reason],
    )
