"""A platform's HTTP request, turned into the portable one. node/request.mts is its twin."""

import json
import re
import types
import urllib.parse
import uuid
from typing import Any, Iterable, Mapping, NamedTuple

# Where gateways put the identifier of a request, most specific first.
REQUEST_ID_HEADERS = ("x-fission-request-id", "x-request-id", "x-call-id")
REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


class PlatformRequest(NamedTuple):
    """A request as the platform's server has it."""

    method: str
    # Percent-decoded.
    path: str
    # Not decoded.
    query: str
    # By lower-case name, without names that have an underscore.
    headers: dict[str, str]
    # None when it was larger than allowed.
    body: bytes | None


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


def fold_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header fields by lower-case name."""
    headers: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        if "_" not in key:
            separator = "; " if key == "cookie" else ", "
            headers[key] = headers[key] + separator + value if key in headers else value
    return headers


def choose_request_id(headers: Mapping[str, str]) -> str:
    """The gateway's identifier when it is fit for logs and headers."""
    given = next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), "")
    return given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
