"""Answers with the request as the handler sees it."""


async def handler(request, context):
    shown = {
        name: value
        for name, value in request.headers.items()
        if name in ("content-type", "cookie") or name.startswith("x-test")
    }
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "all": request.query_all("a"),
        "headers": shown,
        "length": len(request.body),
        "text": request.text()[:100],
    }
