"""One kind of failure per path."""

import asyncio


def thrown(request, context):
    raise RuntimeError("out of order")


async def late(request, context):
    await asyncio.sleep(0.001)
    raise RuntimeError("late and out of order")


def secret(request, context):
    raise RuntimeError(f"cannot log in with {context.secret('API_TOKEN')}")


def json_caught(request, context):
    try:
        return request.json()
    except ValueError as error:
        return {"status": 422, "body": str(error)}


FAILURES = {
    "/thrown": thrown,
    "/async": late,
    "/secret": secret,
    "/undeclared": lambda request, context: context.secret("OTHER_TOKEN"),
    "/json": lambda request, context: {"received": request.json()},
    "/json-caught": json_caught,
}


def handler(request, context):
    return FAILURES[request.path](request, context)
