"""One request on a connection, and its answer."""

import threading
import time
from typing import TYPE_CHECKING

from ...portable.python.answer import Answer, problem
from ...portable.python.context import Context
from ...portable.python.core import answer_request, log_broken_stream
from ...portable.python.request import PlatformRequest, choose_request_id, fold_headers
from ...portable.python.stream import AnswerStream
from .call import Call
from .http1 import LAST_CHUNK, BadMessage, Closed, Connection, Head, chunk, head_of
from .paths import percent_decode, split_target, strip_routes

if TYPE_CHECKING:
    from .server import FunctionServer


class Exchange:
    """One request on a connection, and its answer."""

    def __init__(self, server: "FunctionServer", connection: Connection) -> None:
        self._server = server
        self._settings = server.settings
        self._connection = connection
        self._head: Head | None = None
        # Held by who sends the answer: the connection's own thread, or the one that ends the process.
        self._sending = threading.Lock()
        self._is_sent = False

    def answer(self) -> bool:
        """Answers the request; False when the connection cannot go on."""
        began = time.monotonic()
        try:
            self._connection.give(self._settings["headerSeconds"])
            head = self._head = self._connection.read_head()
            length = self._connection.body_length(head)
            self._connection.give(self._settings["requestSeconds"] - (time.monotonic() - began))
            return self._respond(head, length)
        except BadMessage as error:
            self._refuse(error)
            return False

    def abandon(self) -> None:
        """Answers with an error, unless an answer is under way."""
        if self._sending.locked():
            return
        headers = fold_headers(self._head.fields if self._head else ())
        try:
            self._send(problem(500, "internal error", choose_request_id(headers)), goes_on=False)
        except Closed:
            pass

    def _respond(self, head: Head, length: int | None) -> bool:
        headers = fold_headers(head.fields)
        path, query = split_target(head.target)
        own = self._own(path, headers)
        body = self._read_body(head, length)
        if own is None and self._server.invoke is None:
            self._server.metrics.refuse()
            own = problem(503, "the function is being loaded", choose_request_id(headers))
            own.headers.append(("retry-after", "1"))
        if own is not None:
            return self._send(own, self._goes_on())
        route_path = percent_decode(strip_routes(path, self._settings["routes"]))
        return self._call(PlatformRequest(head.method, route_path, query, headers, body))

    def _own(self, path: str, headers: dict[str, str]) -> Answer | None:
        """What the server itself answers. Metrics are for the cluster: not for requests that came through a proxy."""
        if path == self._settings["livePath"]:
            return _plain(200, "alive")
        if path in self._settings["healthPaths"]:
            reason = "ending" if self._server.draining else "loading" if self._server.invoke is None else None
            return _plain(200, "OK") if reason is None else _plain(503, reason)
        if path == self._settings["metricsPath"] and not {"x-forwarded-for", "forwarded"} & set(headers):
            text = self._server.metrics.render(self._server.gate.running, self._server.gate.waiting)
            return _plain(200, text, "; version=0.0.4")
        return None

    def _read_body(self, head: Head, length: int | None) -> bytes | None:
        """The body, or None when it is too large; read to its end all the same, or the caller would miss the answer."""
        limit = self._settings["maxBodyBytes"]
        waits = "100-continue" in [value.lower() for value in head.values("expect")]
        if waits and length is not None and length > limit:
            # Without "continue" no body comes, but a caller may send it all the same: the connection cannot go on.
            self._head = head._replace(is_1_1=False)
            return None
        if waits:
            self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n", self._settings["requestSeconds"])
        pieces: list[bytes] = []
        size = 0
        for piece in self._connection.read_body(length):
            size += len(piece)
            if size <= limit:
                pieces.append(piece)
            else:
                pieces.clear()
        return b"".join(pieces) if size <= limit else None

    def _call(self, request: PlatformRequest) -> bool:
        server = self._server
        began = time.monotonic()
        context = Context(self._settings, choose_request_id(request.headers))
        call = Call(self._settings, context, server.gate, server.pool, server.metrics.refuse, server.on_stuck)
        answer = answer_request(self._settings, request, call.limited(server.invoke), context)
        failed = answer.status >= 500
        goes_on = False
        try:
            goes_on = self._send(answer, self._goes_on(), call)
        except Closed:
            pass
        except Exception as error:
            failed = True
            log_broken_stream(self._settings, answer, error)
        finally:
            if call.end(answer):
                server.metrics.observe(request.method, time.monotonic() - began, failed or call.timed_out)
        return goes_on

    def _goes_on(self) -> bool:
        return self._head.keeps_alive and not self._server.draining

    def _send(self, answer: Answer, goes_on: bool, call: Call | None = None) -> bool:
        """Sends an answer; False when the connection cannot go on."""
        with self._sending:
            if self._is_sent:
                return False
            self._is_sent = True
            fields = [*answer.headers, ("connection", "keep-alive" if goes_on else "close")]
            if isinstance(answer.body, AnswerStream):
                self._send_stream(answer, answer.body, fields, call)
            else:
                self._send_whole(answer, answer.body, fields)
        return goes_on

    def _send_whole(self, answer: Answer, body: bytes, fields: list[tuple[str, str]]) -> None:
        if answer.status not in (204, 304):
            fields = [*fields, ("content-length", str(len(body)))]
        shown = b"" if self._is_head() else body
        self._connection.send(head_of(answer.status, fields) + shown, self._settings["requestSeconds"])

    def _send_stream(
        self, answer: Answer, stream: AnswerStream, fields: list[tuple[str, str]], call: Call
    ) -> None:
        in_chunks = self._head.is_1_1
        if in_chunks:
            fields = [*fields, ("transfer-encoding", "chunked")]
        seconds = self._settings["requestSeconds"]
        content = head_of(answer.status, fields)
        while not self._is_head() and (piece := call.within(stream.next)) is not None:
            if piece:
                self._connection.send(content + (chunk(piece) if in_chunks else piece), seconds)
                content = b""
        end = LAST_CHUNK if in_chunks and not self._is_head() else b""
        self._connection.send(content + end, seconds)

    def _is_head(self) -> bool:
        return self._head is not None and self._head.method == "HEAD"

    def _refuse(self, error: BadMessage) -> None:
        """Answers what is no request, or came too slowly."""
        headers = fold_headers(self._head.fields if self._head else ())
        self._send(problem(error.status, str(error), choose_request_id(headers)), goes_on=False)


def _plain(status: int, text: str, parameters: str = "; charset=utf-8") -> Answer:
    return Answer(status, [("content-type", f"text/plain{parameters}")], text.encode())
