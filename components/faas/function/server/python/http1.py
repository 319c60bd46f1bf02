"""HTTP/1.1 on a socket (RFC 9112), with a time for everything that a caller may delay.

Python's own http.server has no time-out for a whole request, no chunked bodies, and cuts header fields at characters
that are no line ends in HTTP.
"""

import email.utils
import http
import re
import socket
import time
from typing import Iterable, NamedTuple

# More than the portable contract allows, so that its own answer tells the caller.
MAX_HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024

REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])")
FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
CHUNK_SIZE = re.compile(r"([0-9A-Fa-f]{1,15})[ \t]*(;.*)?")


class BadMessage(Exception):
    """A request that is answered with a status of its own, after which the connection is closed."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Closed(Exception):
    """The caller has gone, or has let its time pass without a word."""


class Head(NamedTuple):
    """Request line and header fields."""

    method: str
    target: str
    # Whether the connection can go on after the answer, and the answer be sent in chunks.
    is_1_1: bool
    fields: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        """The values of a field, in order; a name in lower case."""
        return [value for each, value in self.fields if each.lower() == name]

    @property
    def keeps_alive(self) -> bool:
        """Whether the caller wants the connection to go on."""
        options = ",".join(self.values("connection")).lower().split(",")
        return self.is_1_1 and "close" not in [option.strip() for option in options]


class Connection:
    """One connection of a caller."""

    def __init__(self, peer: socket.socket) -> None:
        self._socket = peer
        self._buffer = bytearray()
        self._deadline = 0.0

    def wait(self, seconds: float) -> None:
        """Waits until a request begins; raises Closed when none does."""
        self._deadline = time.monotonic() + seconds
        if not self._buffer:
            self._receive()

    def give(self, seconds: float) -> None:
        """Sets how long all that is read from now on may take."""
        self._deadline = time.monotonic() + seconds

    def read_head(self) -> Head:
        """Request line and header fields; raises BadMessage."""
        left = MAX_HEAD_BYTES
        line = ""
        while line == "":
            # Lines before a request are ignored: RFC 9112, section 2.2.
            line, left = self._read_line(left)
        match = REQUEST_LINE.fullmatch(line)
        if not match:
            raise BadMessage(400, "the request line is malformed")
        method, target, minor = match.groups()
        head = Head(method, target, minor == "1", self._read_fields(left))
        if head.is_1_1 and len(head.values("host")) != 1:
            raise BadMessage(400, "there is not exactly one host")
        return head

    def body_length(self, head: Head) -> int | None:
        """Bytes of the body, or None for chunks; raises BadMessage when that is in doubt."""
        lengths = {value.strip() for field in head.values("content-length") for value in field.split(",")}
        codings = [value.strip().lower() for field in head.values("transfer-encoding") for value in field.split(",")]
        if codings and (lengths or not head.is_1_1):
            raise BadMessage(400, "both a length and chunks are announced")
        if codings:
            if codings != ["chunked"]:
                raise BadMessage(501, "the transfer encoding is unknown")
            return None
        length = lengths.pop() if lengths else "0"
        if lengths or not re.fullmatch(r"[0-9]{1,18}", length):
            raise BadMessage(400, "the content length is malformed")
        return int(length)

    def read_body(self, length: int | None) -> Iterable[bytes]:
        """The body, piece by piece; raises BadMessage."""
        if length is not None:
            yield from self._read_exactly(length)
            return
        while size := self._read_chunk_size():
            yield from self._read_exactly(size)
            self._read_end_of_chunk()
        self._read_fields(MAX_HEAD_BYTES)

    def send(self, content: bytes, seconds: float) -> None:
        """Sends everything; raises Closed when the caller does not take it in time."""
        view = memoryview(content)
        try:
            self._socket.settimeout(seconds)
            while view:
                view = view[self._socket.send(view) :]
        except OSError as error:
            raise Closed from error

    def stop_reading(self) -> None:
        """Ends a wait for another request; what has arrived is still read."""
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            pass

    def linger(self, seconds: float) -> None:
        """Ends the answer and reads on for a moment, or the caller might lose the answer with the connection."""
        self.give(seconds)
        try:
            self._socket.shutdown(socket.SHUT_WR)
            while True:
                self._buffer.clear()
                self._receive()
        except (OSError, Closed, BadMessage):
            pass

    def close(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def _receive(self) -> None:
        left = self._deadline - time.monotonic()
        try:
            self._socket.settimeout(max(left, 0.001))
            received = self._socket.recv(CHUNK_BYTES)
        except TimeoutError as error:
            raise BadMessage(408, "the request took too long") from error
        except OSError as error:
            raise Closed from error
        if not received:
            raise Closed
        self._buffer += received

    def _read_line(self, limit: int) -> tuple[str, int]:
        """A line without its end, and what is left of the limit."""
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0 and len(self._buffer) <= limit:
            start = len(self._buffer)
            self._receive()
        if not 0 <= end < limit:
            raise BadMessage(431, "the header fields are too large")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        if not line.endswith(b"\r"):
            raise BadMessage(400, "a line has no carriage return")
        return line[:-1].decode("latin-1"), limit - end - 1

    def _read_fields(self, left: int) -> list[tuple[str, str]]:
        fields = []
        while True:
            line, left = self._read_line(left)
            if line == "":
                return fields
            match = FIELD.fullmatch(line)
            if not match:
                raise BadMessage(400, "a header field is malformed")
            fields.append((match[1], match[2]))

    def _read_exactly(self, length: int) -> Iterable[bytes]:
        while length > 0:
            if not self._buffer:
                self._receive()
            piece = bytes(self._buffer[:length])
            del self._buffer[:length]
            length -= len(piece)
            yield piece

    def _read_chunk_size(self) -> int:
        line, _ = self._read_line(1024)
        match = CHUNK_SIZE.fullmatch(line)
        if not match:
            raise BadMessage(400, "the size of a chunk is malformed")
        return int(match[1], 16)

    def _read_end_of_chunk(self) -> None:
        line, _ = self._read_line(1024)
        if line != "":
            raise BadMessage(400, "a chunk is longer than its size")


def head_of(status: int, fields: Iterable[tuple[str, str]]) -> bytes:
    """Status line and header fields of an answer."""
    fields = [*fields]
    if all(name != "date" for name, _ in fields):
        fields.append(("date", email.utils.formatdate(usegmt=True)))
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunk(piece: bytes) -> bytes:
    """A piece of an answer that is sent in chunks."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


LAST_CHUNK = b"0\r\n\r\n"


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "Unassigned"
