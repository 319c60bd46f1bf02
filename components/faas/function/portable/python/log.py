"""The function's log: JSON lines on the standard output. node/log.mts is its twin."""

import json
import os
import sys
import traceback
from datetime import datetime, timezone
from typing import Any

# Shorter values would mask half of every line.
SHORTEST_MASKED = 6


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
