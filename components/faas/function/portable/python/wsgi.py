"""Answers requests of a WSGI server (PEP 3333)."""

import asyncio
import http
import sys
import threading
from typing import Any, Awaitable, Callable, Iterable

from .answer import Answer
from .context import Context
from .core import Invoke, answer_request, log_broken_stream
from .request import PlatformRequest
from .stream import AnswerStream

CHUNK_BYTES = 64 * 1024

_loops = threading.local()


def wait(awaitable: Awaitable[Any], context: Context) -> Any:
    """Runs what is asynchronous; each thread keeps its loop, so that what a handler opened stays usable."""
    loop = getattr(_loops, "loop", None)
    if loop is None:
        loop = _loops.loop = asyncio.new_event_loop()
    return loop.run_until_complete(awaitable)


class Application:
    """A user's handler as a WSGI application."""

    def __init__(self, invoke: Invoke, settings: dict[str, Any]) -> None:
        self._invoke = invoke
        self._settings = settings

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = self.answer(environ)
        headers = answer.headers
        if answer.status not in (204, 304) and isinstance(answer.body, bytes):
            headers = [*headers, ("content-length", str(len(answer.body)))]
        start_response(_status_line(answer.status), headers)
        if environ["REQUEST_METHOD"].upper() == "HEAD":
            answer.close()
            return []
        return self.pieces(answer)

    def pieces(self, answer: Answer) -> Iterable[bytes]:
        """The body as WSGI wants it."""
        if isinstance(answer.body, AnswerStream):
            return _Pieces(answer, answer.body, self._settings)
        return [answer.body] if answer.body else []

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Answers a WSGI request."""
        request = PlatformRequest(
            method=environ["REQUEST_METHOD"],
            # WSGI hands the path over percent-decoded, each byte as a Latin-1 character.
            path=environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace") or "/",
            query=environ.get("QUERY_STRING", ""),
            headers=_read_headers(environ),
            body=_read_body(environ, self._settings["maxBodyBytes"]),
        )
        return answer_request(self._settings, request, self._invoke)


class _Pieces:
    """A stream as WSGI wants it. A server closes it even before it has taken anything."""

    def __init__(self, answer: Answer, stream: AnswerStream, settings: dict[str, Any]) -> None:
        self._answer = answer
        self._stream = stream
        self._settings = settings
        self.close = stream.close

    def __iter__(self) -> "_Pieces":
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._stream.next()
        except Exception as error:
            log_broken_stream(self._settings, self._answer, error)
            raise
        if piece is None:
            raise StopIteration
        return piece


def _read_headers(environ: dict[str, Any]) -> dict[str, str]:
    """The header fields by lower-case name; the server has joined the repeated ones."""
    fields = {key.removeprefix("HTTP_"): value for key, value in environ.items() if key.startswith("HTTP_")}
    fields |= {key: environ[key] for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)}
    return {key.replace("_", "-").lower(): value for key, value in fields.items()}


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


def _status_line(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unassigned"
