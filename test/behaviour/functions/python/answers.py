"""One kind of answer per path."""

ANSWERS = {
    "/text": lambda: "äöü",
    "/nothing": lambda: None,
    "/null": lambda: None,
    "/number": lambda: 42,
    "/boolean": lambda: True,
    "/list": lambda: [1, "two", None],
    "/data": lambda: {"name": "Ünal", "tags": []},
    "/data-with-status": lambda: {"status": "ok"},
    "/data-with-number-status": lambda: {"status": 3, "order": 17},
    "/teapot": lambda: {"status": 418, "body": "short and stout"},
    "/unusual-status": lambda: {"status": 299},
    "/created": lambda: {"status": 201, "headers": {"location": "/orders/17"}, "body": {"id": 17}},
    "/empty": lambda: {"status": 200, "body": ""},
    "/no-content": lambda: {"status": 204, "headers": {"x-kept": "yes"}, "body": "left out"},
    "/not-modified": lambda: {"status": 304, "headers": {"etag": '"1"'}, "body": "left out"},
    "/html": lambda: {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>hi</p>"},
    "/etag": lambda: {"status": 200, "headers": {"etag": '"1"'}, "body": "fresh"},
    "/bytes": lambda: {"status": 200, "body": bytes([0, 255, 10, 13])},
    "/cookies": lambda: {"status": 200, "headers": {"set-cookie": ["a=1", "b=2; Path=/"]}, "body": ""},
    "/number-header": lambda: {"status": 200, "headers": {"x-count": 7, "x-absent": None}, "body": ""},
    "/latin-header": lambda: {"status": 200, "headers": {"x-name": "Ünal"}, "body": ""},
    "/connection-headers": lambda: {
        "status": 200,
        "headers": {"Content-Length": "1", "connection": "close", "transfer-encoding": "chunked"},
        "body": "whole",
    },
    "/own-request-id": lambda: {"status": 200, "headers": {"x-request-id": "mine"}, "body": ""},
    "/status-too-small": lambda: {"status": 42},
    "/status-too-large": lambda: {"status": 600},
    "/header-name": lambda: {"status": 200, "headers": {"no spaces": "x"}},
    "/header-injection": lambda: {"status": 200, "headers": {"x-a": "1\r\nset-cookie: stolen=1"}},
    "/header-emoji": lambda: {"status": 200, "headers": {"x-a": "🙂"}},
    "/header-object": lambda: {"status": 200, "headers": {"x-a": {"b": 1}}},
    "/headers-list": lambda: {"status": 200, "headers": ["x-a", "1"]},
    "/huge-header": lambda: {"status": 200, "headers": {"x-large": "x" * 20_000}},
    "/unsendable": lambda: {1, 2},
    "/unsendable-body": lambda: {"status": 200, "body": {1}},
}


def handler(request, context):
    return ANSWERS[request.path]()
