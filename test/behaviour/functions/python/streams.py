"""One kind of stream per path."""

import asyncio
import time

opened = 0
closed = 0


def texts():
    yield "one, "
    yield b"two, "
    yield "drei: äöü"


async def events():
    for number in (1, 2):
        await asyncio.sleep(0.005)
        yield f"data: {number}\n\n"


def large():
    for _ in range(64):
        yield b"x" * 16 * 1024


async def guarded():
    global opened, closed
    opened += 1
    try:
        yield "one"
        yield "two"
    finally:
        closed += 1


async def failing():
    raise RuntimeError("no first piece")
    yield


def counts():
    """What became of the guarded streams; the last of them may be closed after its answer."""
    for _ in range(100):
        if closed == opened:
            break
        time.sleep(0.01)
    return {"opened": opened, "closed": closed}


STREAMS = {
    "/texts": texts,
    "/events": lambda: {"status": 202, "headers": {"content-type": "text/event-stream"}, "body": events()},
    "/file": lambda: open(__file__, "rb"),
    "/large": large,
    "/empty": lambda: iter([]),
    "/fails-at-once": failing,
    "/numbers": lambda: iter([1, 2]),
    "/guarded": guarded,
    "/closed": counts,
}


def handler(request, context):
    return STREAMS[request.path]()
