"""One kind of answer per `do` of the query."""

import base64
import threading


def twice(request, callback):
    callback(200, "first")
    callback(500, "second")


def body(request, callback):
    is_bytes = isinstance(request.body, bytes)
    callback(200, {"body": base64.b64encode(request.body).decode() if is_bytes else request.body, "isBytes": is_bytes})


def show(request, callback):
    query = dict(request.query)
    kind = request.headers.get("content-type")
    callback(200, {"method": request.method, "path": request.path, "query": query, "type": kind})


def thrown(request, callback):
    raise RuntimeError("out of order")


async def rejected(request, callback):
    raise RuntimeError("late and out of order")


DEEDS = {
    "text": lambda request, callback: callback(200, "äöü"),
    "data": lambda request, callback: callback(201, {"name": "Ünal"}, {"X-Own": "yes"}),
    "bytes": lambda request, callback: callback(200, bytes([0, 255, 10, 13])),
    "later": lambda request, callback: threading.Timer(0.01, callback, (202, "later")).start(),
    "default": lambda request, callback: callback(),
    "twice": twice,
    "body": body,
    "request": show,
    "thrown": thrown,
    "rejected": rejected,
    "bad-status": lambda request, callback: callback(1000),
    "never": lambda request, callback: None,
}


def default(context, callback):
    return DEEDS[context.request.query["do"]](context.request, callback)
