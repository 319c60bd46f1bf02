"""The portable handler for Python.

Turns a platform's HTTP request into the portable one, calls the user's handler, and turns what it returns into an
answer. It runs inside a platform's function container, beside the user's code, so it and its neighbours import nothing
but the standard library. node/core.mts is its twin: what changes here changes there, and the shared table of cases holds
both to it.
"""

import asyncio
import functools
import importlib
import importlib.util
import inspect
import json
import os
import pathlib
import sys
import types
from typing import Any, Awaitable, Callable

from .answer import MAX_HEADER_BYTES, Answer, header_bytes, problem, to_answer
from .context import Context
from .log import write_line
from .request import BadRequest, PlatformRequest, Request, choose_request_id

# Calls the user's code with one request. What it raises becomes an answer.
Invoke = Callable[[Request, Context], Answer]

# Waits for what is asynchronous.
Wait = Callable[[Awaitable[Any], Context], Any]


def read_settings(file: pathlib.Path) -> dict[str, Any]:
    """Reads settings.json."""
    return json.loads(file.read_text("utf-8"))


def load_handler(settings: dict[str, Any], root: pathlib.Path, wait: Wait) -> Invoke:
    """Loads a portable handler; raises as load_module and exported_function do."""
    handler = exported_function(load_module(settings, root), settings["handler"])

    def invoke(request: Request, context: Context) -> Answer:
        result = handler(request, context)
        if inspect.isawaitable(result):
            result = wait(result, context)
        return to_answer(result, functools.partial(wait, context=context))

    return invoke


def load_module(settings: dict[str, Any], root: pathlib.Path) -> types.ModuleType:
    """Sets the declared environment, then loads the user's module from the folder of the user's code.

    Raises when a secret's file is missing, or when the module itself fails.
    """
    os.environ.update(settings["environment"])
    for secret in settings["secrets"]:
        if "file" in secret:
            os.environ[secret["variable"]] = _read_secret(**secret)
    return _import_file(root, settings["handler"]["file"])


def exported_function(module: types.ModuleType, handler: dict[str, str]) -> Callable[..., Any]:
    """The function that the settings name; raises LookupError when there is none."""
    name = handler["functionName"]
    function = getattr(module, name, None)
    if not callable(function):
        names = ", ".join(each for each, value in vars(module).items() if inspect.isfunction(value)) or "none"
        raise LookupError(f"{handler['file']} has no function {name!r}; its functions are {names}")
    return function


def answer_request(
    settings: dict[str, Any], platform_request: PlatformRequest, invoke: Invoke, context: Context | None = None
) -> Answer:
    """Answers a request. What the handler raises becomes an answer and a line in the log."""
    context = context or Context(settings, choose_request_id(platform_request.headers))
    try:
        answer = _call(settings, platform_request, invoke, context)
    except BadRequest as error:
        answer = problem(400, str(error), context.request_id)
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        context.log.error("the handler failed", error=error)
        answer = problem(500, "internal error", context.request_id)
    if all(name != "x-request-id" for name, _ in answer.headers):
        answer.headers.append(("x-request-id", context.request_id))
    return answer


def log_broken_stream(settings: dict[str, Any], answer: Answer, error: BaseException) -> None:
    """Notes that a stream failed when its status was sent already."""
    request_id = next(value for name, value in answer.headers if name == "x-request-id")
    fields = {"error": error, "requestId": request_id}
    write_line(settings, "error", "the handler failed while its answer was sent", fields)


def _call(settings: dict[str, Any], platform_request: PlatformRequest, invoke: Invoke, context: Context) -> Answer:
    method, path, query, headers, body = platform_request
    if header_bytes(list(headers.items())) > MAX_HEADER_BYTES:
        return problem(431, "the header fields are too large", context.request_id)
    if body is None:
        return problem(413, f"the body is larger than {settings['maxBodyBytes']} bytes", context.request_id)
    return invoke(Request(method, path, query, types.MappingProxyType(headers), body), context)


def _read_secret(variable: str, file: str) -> str:
    try:
        return pathlib.Path(file).read_text("utf-8")
    except OSError as error:
        raise LookupError(f"The secret for {variable} is missing: {error}") from error


def _import_file(root: pathlib.Path, file: str) -> types.ModuleType:
    """Imports the user's file so that it finds its neighbours.

    The server has modules of its own: a user's server.py or json.py must not be mistaken for them, so a file in the
    root folder is loaded by its path, under another name when its own is taken.
    """
    sys.path[:] = [str(root), *(entry for entry in sys.path if entry != str(root))]
    importlib.invalidate_caches()
    name = file.removesuffix(".py").replace("/", ".")
    if "." in name:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(f"function_{name}" if name in sys.modules else name, root / file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
