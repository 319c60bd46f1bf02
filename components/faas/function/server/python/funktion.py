"""An equivalent of Funktion's contract, which upstream had for Node only: handler(context, callback).

node/funktion.mts is its twin.
"""

import inspect
import pathlib
import threading
import types
import urllib.parse
from typing import Any

from ...portable.python.answer import Answer, answer_of, problem
from ...portable.python.context import Context
from ...portable.python.core import Invoke, Wait, exported_function, load_module
from ...portable.python.request import Request
from .loop import STOP_SECONDS


def load_funktion(settings: dict[str, Any], root: pathlib.Path, wait: Wait) -> Invoke:
    """Loads the user's code; raises as the portable contract does."""
    handler = exported_function(load_module(settings, root), settings["handler"])

    def invoke(request: Request, context: Context) -> Answer:
        if request.path != "/":
            return problem(404, "the function answers on / only", context.request_id)
        callback = Callback(context)
        shown = types.SimpleNamespace(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=_body_of(request),
            raw_body=request.body,
        )
        result = handler(types.SimpleNamespace(request=shown), callback)
        if inspect.isawaitable(result):
            wait(result, context)
        status, body, headers = callback.wait()
        return answer_of(status, headers, body, lambda each: wait(each, context))

    return invoke


class Callback:
    """What the function calls with its answer, at once or later."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._called = threading.Event()
        self._answer: tuple[Any, Any, Any] = (200, None, None)

    def __call__(self, status: int = 200, body: Any = None, headers: dict[str, Any] | None = None) -> None:
        if self._called.is_set():
            self._context.log.warn("the function called back more than once", status=status)
            return
        self._answer = (status, body, headers)
        self._called.set()

    def wait(self) -> tuple[Any, Any, Any]:
        """Status, body and header fields; raises TimeoutError when the function does not call back in time."""
        if not self._called.wait(self._context.remaining_milliseconds() / 1000 + STOP_SECONDS):
            raise TimeoutError("the function did not call back")
        return self._answer


def _body_of(request: Request) -> Any:
    """JSON and forms parsed, everything else as bytes."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.body and (media_type == "application/json" or media_type.endswith("+json")):
        return request.json()
    if media_type == "application/x-www-form-urlencoded":
        return dict(urllib.parse.parse_qsl(request.text(), keep_blank_values=True))
    return request.body
