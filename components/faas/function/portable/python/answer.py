"""What a handler returned, turned into an answer. node/answer.mts is its twin."""

import json
import math
import re
from typing import Any, Awaitable, Callable, NamedTuple

from .stream import AnswerStream, WrongAnswer, is_stream

# Node's own default for the header fields of a request, and what common proxies take in an answer.
MAX_HEADER_BYTES = 16 * 1024

# Header fields that belong to the connection, not to the answer.
CONNECTION_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

BODYLESS_STATUSES = frozenset({204, 205, 304})

FULL_ANSWER_KEYS = frozenset({"status", "headers", "body"})

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

Headers = list[tuple[str, str]]

Wait = Callable[[Awaitable[Any]], Any]


class Answer(NamedTuple):
    """An answer as the platform's server sends it; lower-case names, and a repeated field has several entries."""

    status: int
    headers: Headers
    body: bytes | AnswerStream

    def close(self) -> None:
        """Lets go of a stream that nobody takes."""
        if isinstance(self.body, AnswerStream):
            self.body.close()


def problem(status: int, error: str, request_id: str) -> Answer:
    """An answer that the adapter itself gives."""
    body = compact_json({"error": error, "requestId": request_id})
    return Answer(status, [("content-type", "application/json")], body)


def to_answer(result: Any, wait: Wait) -> Answer:
    """What a handler returned, as an answer; a stream has its first piece by then. Raises WrongAnswer."""
    if not _is_full_answer(result):
        return answer_of(204 if result is None else 200, None, result, wait)
    return answer_of(result["status"], result.get("headers"), result.get("body"), wait)


def answer_of(status: Any, headers: Any, body: Any, wait: Wait) -> Answer:
    """The parts of an answer, checked; raises WrongAnswer."""
    if not _is_whole(status) or not 200 <= status <= 599:
        raise WrongAnswer(f"the status {status} is not from 200 to 599")
    stream = AnswerStream(body, wait) if is_stream(body) else None
    answer = _with_body(status, _to_headers(headers), body if stream is None else stream)
    if isinstance(answer.body, AnswerStream):
        answer.body.open()
    elif stream is not None:
        stream.close()
    return answer


def header_bytes(headers: Headers) -> int:
    """What header fields take up: names, values and what separates them."""
    return sum(len(name) + len(value) + 4 for name, value in headers)


def compact_json(value: Any) -> bytes:
    """JSON as JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _is_full_answer(result: Any) -> bool:
    return isinstance(result, dict) and _is_whole(result.get("status")) and FULL_ANSWER_KEYS.issuperset(result)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _with_body(status: int, headers: Headers, value: Any) -> Answer:
    if status in BODYLESS_STATUSES:
        return Answer(status, headers, b"")
    body, content_type = _to_body(value)
    if content_type is not None and all(name != "content-type" for name, _ in headers):
        headers = [*headers, ("content-type", content_type)]
    return Answer(status, headers, body)


def _to_body(value: Any) -> tuple[bytes | AnswerStream, str | None]:
    if value is None:
        return b"", None
    if isinstance(value, str):
        return value.encode("utf-8", "replace"), "text/plain; charset=utf-8"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value), "application/octet-stream"
    if isinstance(value, AnswerStream):
        return value, "application/octet-stream"
    return _to_json(value), "application/json"


def _to_json(value: Any) -> bytes:
    try:
        return compact_json(value)
    except (TypeError, ValueError) as error:
        kind = type(value).__name__
        raise WrongAnswer(
            f"a {kind} has no JSON form ({error}); return a text, bytes, plain data or a dict of status, headers, body"
        ) from error


def _to_headers(headers: Any) -> Headers:
    if headers is None:
        return []
    if not isinstance(headers, dict):
        raise WrongAnswer("the headers are not a dict of names and values")
    fields = [field for name, value in headers.items() for field in _to_fields(name, value)]
    if header_bytes(fields) > MAX_HEADER_BYTES:
        raise WrongAnswer(f"the header fields are larger than {MAX_HEADER_BYTES} bytes")
    return fields


def _to_fields(name: Any, value: Any) -> Headers:
    if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
        raise WrongAnswer(f"{name!r} is no name of a header field")
    if name.lower() in CONNECTION_HEADERS:
        return []
    values = value if isinstance(value, (list, tuple)) else [value]
    return [(name.lower(), _to_field_value(name, each)) for each in values if each is not None]


def _to_field_value(name: str, value: Any) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not isinstance(value, str) and not is_number:
        raise WrongAnswer(f"the header field {name!r} is neither a text nor a number")
    text = str(value)
    if not HEADER_VALUE.fullmatch(text):
        raise WrongAnswer(f"the header field {name!r} has characters that HTTP does not allow")
    return text
