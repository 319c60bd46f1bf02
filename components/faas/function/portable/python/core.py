"""The portable handler for Python.

Turns a platform's HTTP request into the portable one, calls the user's handler, and turns what it returns into an
answer. It runs inside a platform's function container, beside the user's code, so it imports nothing but the standard
library. node/core.mts is its twin: what changes here changes there, and the shared table of cases holds both to it.
"""

import asyncio
import http
import importlib
import importlib.util
import inspect
import json
import os
import pathlib
import re
import sys
import threading
import time
import traceback
import types
import urllib.parse
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Iterable, Mapping

from .answer import MAX_HEADER_BYTES, Answer, header_bytes, problem, to_answer

# Where gateways put the identifier of a request, most specific first.
REQUEST_ID_HEADERS = ("x-fission-request-id", "x-request-id", "x-call-id")
REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")

# Shorter values would mask half of every line.
SHORTEST_MASKED = 6

CHUNK_BYTES = 64 * 1024

_loops = threading.local()


class BadRequest(ValueError):
    """The caller's fault, raised by the request's helpers: answered with 400 unless the handler catches it."""


class Request:
    """One HTTP request, the same on every platform."""

    __slots__ = ("method", "path", "query", "headers", "body", "_values")

    def __init__(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
        self._values = urllib.parse.parse_qsl(query, keep_blank_values=True, errors="replace")
        self.method = method.upper()
        self.path = path
        # The first value of each parameter, so the later ones go in first.
        self.query = types.MappingProxyType(dict(reversed(self._values)))
        self.headers = headers
        self.body = body

    def query_all(self, name: str) -> list[str]:
        """Every value of a query parameter, in order; an empty list when it is absent."""
        return [value for each, value in self._values if each == name]

    def text(self) -> str:
        """The body as UTF-8 text; what is not UTF-8 becomes U+FFFD."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; raises BadRequest when it is none."""
        try:
            return json.loads(self.text(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise BadRequest("the body is not JSON") from None


class Context:
    """Where and for how long a function runs, and what it was given."""

    def __init__(self, settings: dict[str, Any], request_id: str) -> None:
        self._secrets = [secret["variable"] for secret in settings["secrets"]]
        self._end = time.monotonic() + settings["timeoutSeconds"]
        self.function_name: str = settings["functionName"]
        self.namespace: str = settings["namespace"]
        self.request_id = request_id
        self.deadline = datetime.now(timezone.utc) + timedelta(seconds=settings["timeoutSeconds"])
        self.environment = types.MappingProxyType(settings["environment"])
        self.log = Log(settings, request_id)

    def remaining_milliseconds(self) -> int:
        """Milliseconds until the deadline, 0 when it has passed."""
        return max(0, int((self._end - time.monotonic()) * 1000))

    def secret(self, variable: str) -> str:
        """A declared secret by the name of its environment variable; raises KeyError when none is declared."""
        if variable not in self._secrets:
            declared = ", ".join(self._secrets) or "none"
            raise KeyError(f"The function declares no secret {variable!r}; it declares {declared}.")
        return os.environ.get(variable, "")


class Log:
    """Writes one JSON line per call; values of declared secrets are masked."""

    def __init__(self, settings: dict[str, Any], request_id: str) -> None:
        self._settings = settings
        self._request_id = request_id

    def debug(self, message: str, /, **fields: Any) -> None:
        self._write("debug", message, fields)

    def info(self, message: str, /, **fields: Any) -> None:
        self._write("info", message, fields)

    def warn(self, message: str, /, **fields: Any) -> None:
        self._write("warn", message, fields)

    def error(self, message: str, /, **fields: Any) -> None:
        self._write("error", message, fields)

    def _write(self, level: str, message: str, fields: dict[str, Any]) -> None:
        write_line(self._settings, level, message, {**fields, "requestId": self._request_id})


Handler = Callable[[Request, Context], Any]


class PortableFunction:
    """A user's handler, ready to answer requests."""

    def __init__(self, handler: Handler, settings: dict[str, Any]) -> None:
        self._handler = handler
        self._settings = settings

    def wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Answers a request as a WSGI application (PEP 3333)."""
        answer = self.answer(environ)
        headers = answer.headers
        if answer.status not in (204, 304):
            headers = [*headers, ("content-length", str(len(answer.body)))]
        start_response(_status_line(answer.status), headers)
        is_head = environ["REQUEST_METHOD"].upper() == "HEAD"
        return [] if is_head or not answer.body else [answer.body]

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Answers a WSGI request. What the handler raises becomes an answer and a line in the log."""
        headers = _read_headers(environ)
        request_id = _choose_request_id(headers)
        context = Context(self._settings, request_id)
        try:
            answer = self._call(environ, headers, context)
        except BadRequest as error:
            answer = problem(400, str(error), request_id)
        except (Exception, SystemExit) as error:
            context.log.error("the handler failed", error=error)
            answer = problem(500, "internal error", request_id)
        if all(name != "x-request-id" for name, _ in answer.headers):
            answer.headers.append(("x-request-id", request_id))
        return answer

    def _call(self, environ: dict[str, Any], headers: dict[str, str], context: Context) -> Answer:
        limit = self._settings["maxBodyBytes"]
        body = _read_body(environ, limit)
        if header_bytes(list(headers.items())) > MAX_HEADER_BYTES:
            return problem(431, "the header fields are too large", context.request_id)
        if body is None:
            return problem(413, f"the body is larger than {limit} bytes", context.request_id)
        # WSGI hands the path over percent-decoded, each byte as a Latin-1 character.
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace") or "/"
        query = environ.get("QUERY_STRING", "")
        request = Request(environ["REQUEST_METHOD"], path, query, types.MappingProxyType(headers), body)
        result = self._handler(request, context)
        return to_answer(_wait(result) if inspect.isawaitable(result) else result)


def read_settings(module_file: str) -> dict[str, Any]:
    """Reads settings.json beside a module of the adapter."""
    return json.loads(pathlib.Path(module_file).with_name("settings.json").read_text("utf-8"))


def load_function(settings: dict[str, Any], module_file: str) -> PortableFunction:
    """Sets the declared environment, then loads the user's module from the folder above the adapter's.

    Raises when a secret's file or the handler is missing, or when the module itself fails.
    """
    os.environ.update(settings["environment"])
    for secret in settings["secrets"]:
        if "file" in secret:
            os.environ[secret["variable"]] = _read_secret(**secret)
    root = pathlib.Path(module_file).resolve().parent.parent
    name = settings["handler"]["functionName"]
    module = _load_module(root, settings["handler"]["file"])
    handler = getattr(module, name, None)
    if not callable(handler):
        names = ", ".join(each for each, value in vars(module).items() if inspect.isfunction(value)) or "none"
        raise LookupError(f"{settings['handler']['file']} has no function {name!r}; its functions are {names}")
    return PortableFunction(handler, settings)


def write_line(settings: dict[str, Any], level: str, message: str, fields: dict[str, Any]) -> None:
    """Writes one line of the log, without the values of declared secrets."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    own = {"time": now, "level": level, "message": message}
    own |= {"function": settings["functionName"], "namespace": settings["namespace"]}
    try:
        line = json.dumps({**own, **fields, **own}, default=_loggable)
    except (TypeError, ValueError):
        line = json.dumps({**own, "requestId": fields.get("requestId"), "fields": "have no JSON form"})
    for secret in settings["secrets"]:
        value = os.environ.get(secret["variable"], "")
        if len(value) >= SHORTEST_MASKED:
            line = line.replace(json.dumps(value)[1:-1], "***")
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _loggable(value: Any) -> Any:
    if isinstance(value, BaseException):
        stack = "".join(traceback.format_exception(value))
        return {"name": type(value).__name__, "message": str(value), "stack": stack}
    return str(value)


def _read_secret(variable: str, file: str) -> str:
    try:
        return pathlib.Path(file).read_text("utf-8")
    except OSError as error:
        raise LookupError(f"The secret for {variable} is missing: {error}") from error


def _load_module(root: pathlib.Path, file: str) -> types.ModuleType:
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


def _read_headers(environ: dict[str, Any]) -> dict[str, str]:
    """The header fields by lower-case name; the server has joined the repeated ones."""
    fields = {key.removeprefix("HTTP_"): value for key, value in environ.items() if key.startswith("HTTP_")}
    fields |= {key: environ[key] for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)}
    return {key.replace("_", "-").lower(): value for key, value in fields.items()}


def _choose_request_id(headers: Mapping[str, str]) -> str:
    """The gateway's identifier when it is fit for logs and headers."""
    given = next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), "")
    return given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def _read_body(environ: dict[str, Any], limit: int) -> bytes | None:
    """The body, or None when it is too large; read to its end all the same, or the caller would miss the answer."""
    chunks: list[bytes] = []
    size = 0
    for chunk in _body_chunks(environ):
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
    return b"".join(chunks) if size <= limit else None


def _body_chunks(environ: dict[str, Any]) -> Iterable[bytes]:
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    if not length and "HTTP_TRANSFER_ENCODING" not in environ:
        return
    left = int(length) if length else sys.maxsize
    while left > 0 and (chunk := stream.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _wait(awaitable: Any) -> Any:
    """Runs an asynchronous handler; each thread keeps its loop, so that what a handler opened stays usable."""
    loop = getattr(_loops, "loop", None)
    if loop is None:
        loop = _loops.loop = asyncio.new_event_loop()
    return loop.run_until_complete(awaitable)


def _status_line(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unassigned"
