"""Which part of a request's path is the function's own. node/paths.mts is its twin."""

import urllib.parse


def percent_decode(path: str) -> str:
    """A path as UTF-8; what is none becomes U+FFFD."""
    return urllib.parse.unquote_to_bytes(path.encode("latin-1")).decode("utf-8", "replace")


def split_target(target: str) -> tuple[str, str]:
    """Path and query of a request target, which a proxy may write as a whole URL (RFC 9112, section 3.2.2)."""
    scheme, separator, rest = target.partition("://")
    if separator and scheme.isalpha() and "/" not in scheme:
        start = min((rest.index(mark) for mark in "/?" if mark in rest), default=len(rest))
        target = rest[start:]
    path, _, query = target.partition("?")
    return (path if path.startswith("/") else f"/{path}"), query


def strip_routes(path: str, routes: list[str]) -> str:
    """Takes the longest of the prefixes that a path lies under, by whole segments, off the path."""
    segments = path[1:].split("/")
    decoded = [percent_decode(segment) for segment in segments]
    prefixes = [[segment for segment in route.split("/") if segment] for route in routes]
    depth = max((len(prefix) for prefix in prefixes if decoded[: len(prefix)] == prefix), default=0)
    return "/" + "/".join(segments[depth:])
