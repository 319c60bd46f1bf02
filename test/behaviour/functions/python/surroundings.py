"""Answers with what the function was given, and logs."""

import datetime
import os

# Read when the module is loaded: the variables must be there by then.
GREETING = os.environ["GREETING"]
API_TOKEN = os.environ["API_TOKEN"]


def handler(request, context):
    context.log.info("asked", path=request.path, token=API_TOKEN)
    left = context.deadline - datetime.datetime.now(datetime.timezone.utc)
    return {
        "functionName": context.function_name,
        "namespace": context.namespace,
        "requestId": context.request_id,
        "remaining": 50_000 < context.remaining_milliseconds() <= 60_000,
        "deadline": abs(left.total_seconds() - 60) < 10,
        "environment": dict(context.environment),
        "variable": GREETING,
        "secretVariable": API_TOKEN == context.secret("API_TOKEN"),
        "secret": context.secret("API_TOKEN"),
    }
