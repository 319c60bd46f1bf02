"""Lets browsers call from named origins. Upstream's Kubeless let them call from all. node/cors.mts is its twin."""

from ...portable.python.answer import Answer, Headers
from ...portable.python.context import Context
from ...portable.python.core import Invoke
from ...portable.python.request import Request

# Seconds for which a browser may keep the answer to a preflight.
PREFLIGHT_SECONDS = "600"


def with_cors(origins: list[str], invoke: Invoke) -> Invoke:
    """Answers preflights, and names the origin in answers, when it is one of these; * is all."""
    if not origins:
        return invoke

    def invoke_with_cors(request: Request, context: Context) -> Answer:
        origin = request.headers.get("origin")
        allowed = "*" if "*" in origins else origin if origin in origins else None
        fields: Headers = [] if allowed is None else [("access-control-allow-origin", allowed)]
        if allowed != "*":
            fields.append(("vary", "origin"))
        asked = request.headers.get("access-control-request-method")
        if request.method == "OPTIONS" and asked is not None:
            return Answer(204, fields if allowed is None else [*fields, *_preflight(request, asked)], b"")
        answer = invoke(request, context)
        answer.headers.extend(fields)
        return answer

    return invoke_with_cors


def _preflight(request: Request, method: str) -> Headers:
    asked = request.headers.get("access-control-request-headers")
    return [
        ("access-control-allow-methods", method),
        *([] if asked is None else [("access-control-allow-headers", asked)]),
        ("access-control-max-age", PREFLIGHT_SECONDS),
    ]
