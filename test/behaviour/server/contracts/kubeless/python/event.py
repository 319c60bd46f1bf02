"""Answers with the event and the context as the function sees them."""

import base64
import os

NAMES = ("MOD_NAME", "FUNC_HANDLER", "FUNC_TIMEOUT", "FUNC_RUNTIME", "FUNC_MEMORY_LIMIT", "FUNC_PORT")
VARIABLES = {name: os.environ[name] for name in NAMES}


def handler(event, context):
    data = event["data"]
    request = event["extensions"]["request"]
    is_bytes = isinstance(data, bytes)
    names = ("event-id", "event-type", "event-time", "event-namespace")
    return {
        "data": base64.b64encode(data).decode() if is_bytes else data,
        "kind": "bytes" if is_bytes else "object",
        "event": {name: event[name] for name in names if event[name] is not None},
        "request": {"method": request.method, "path": request.path, "agent": request.headers.get("user-agent")},
        "context": dict(context),
        "variables": VARIABLES,
    }
