"""The contract of Kubeless's Python runtime: handler(event, context).

Source: github.com/vmware-archive/runtimes, DEVELOPER_GUIDE.md and stable/python. node/kubeless.mts is its twin.
"""

import inspect
import os
import pathlib
import sys
import types
from typing import Any

from ...portable.python.answer import Answer, answer_of
from ...portable.python.context import Context
from ...portable.python.core import Invoke, Wait, exported_function, load_module
from ...portable.python.request import Request
from .cors import with_cors


class Response:
    """Status and header fields of the answer, for functions that set them."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, Any] = {}

    def set_header(self, name: str, value: Any) -> None:
        """Sets a header field."""
        self.headers[name] = value


def load_kubeless(settings: dict[str, Any], root: pathlib.Path, wait: Wait) -> Invoke:
    """Loads the user's code; raises as the portable contract does."""
    variables = _runtime_variables(settings)
    os.environ.update(variables)
    handler = exported_function(load_module(settings, root), settings["handler"])
    event_context = types.MappingProxyType(
        {
            "function-name": variables["FUNC_HANDLER"],
            "timeout": settings["timeoutSeconds"],
            "runtime": variables["FUNC_RUNTIME"],
            "memory-limit": variables["FUNC_MEMORY_LIMIT"],
        }
    )

    def invoke(request: Request, context: Context) -> Answer:
        response = Response()
        result = handler(_to_event(request, response), event_context)
        if inspect.isawaitable(result):
            result = wait(result, context)
        body = "" if result is None else result
        return answer_of(response.status, response.headers, body, lambda each: wait(each, context))

    return with_cors(settings["corsOrigins"], invoke)


def _runtime_variables(settings: dict[str, Any]) -> dict[str, str]:
    """What Kubeless's controller set; values that the container has win."""
    handler = settings["handler"]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {
        "MOD_NAME": os.environ.get("MOD_NAME", handler["file"].removesuffix(".py")),
        "FUNC_HANDLER": os.environ.get("FUNC_HANDLER", handler["functionName"]),
        "FUNC_TIMEOUT": str(settings["timeoutSeconds"]),
        "FUNC_RUNTIME": os.environ.get("FUNC_RUNTIME", f"python{version}"),
        "FUNC_MEMORY_LIMIT": os.environ.get("FUNC_MEMORY_LIMIT", "0"),
        "FUNC_PORT": str(settings["port"]),
    }


def _to_event(request: Request, response: Response) -> dict[str, Any]:
    headers = request.headers
    return {
        "data": _event_data(request),
        "event-id": headers.get("event-id"),
        "event-type": headers.get("event-type"),
        "event-time": headers.get("event-time"),
        "event-namespace": headers.get("event-namespace"),
        "extensions": {"request": request, "response": response},
    }


def _event_data(request: Request) -> Any:
    """JSON parsed, everything else as bytes."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    is_json = media_type == "application/json" or media_type.endswith("+json")
    return request.json() if is_json and request.body else request.body
