"""One kind of answer per path."""

import asyncio


async def later(event):
    return "later"


def stream(event):
    yield "one, "
    yield "two"


def own_response(event):
    response = event["extensions"]["response"]
    response.status = 201
    response.set_header("X-Own", "yes")
    return {"made": True}


def thrown(event):
    raise RuntimeError("out of order")


async def slow(event):
    await asyncio.sleep(3600)


ANSWERS = {
    "/text": lambda event: "äöü",
    "/nothing": lambda event: None,
    "/data": lambda event: {"name": "Ünal"},
    "/data-with-status": lambda event: {"status": 201, "body": "is data here"},
    "/bytes": lambda event: bytes([0, 255, 10, 13]),
    "/promise": later,
    "/stream": stream,
    "/response": own_response,
    "/thrown": thrown,
    "/slow": slow,
}


def handler(event, context):
    return ANSWERS[event["extensions"]["request"].path](event)
