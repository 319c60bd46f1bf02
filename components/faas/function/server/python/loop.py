"""The event loop that all asynchronous handlers share, so that what one of them opened is usable in the next."""

import asyncio
import concurrent.futures
import threading
from typing import Any, Awaitable, Callable

from ...portable.python.context import Context

# Seconds after the end of a call's time until its code is stopped, so that the caller's answer is the one for lateness.
STOP_SECONDS = 0.25


class EventLoop:
    """An event loop in a thread of its own."""

    def __init__(self, crash: Callable[[str, BaseException], None]) -> None:
        self._crash = crash
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._on_exception)
        threading.Thread(target=self._loop.run_forever, name="function-loop", daemon=True).start()

    def wait(self, awaitable: Awaitable[Any], context: Context) -> Any:
        """Runs what is asynchronous until the call's time is over."""
        future = asyncio.run_coroutine_threadsafe(_coroutine(awaitable), self._loop)
        done, _ = concurrent.futures.wait([future], context.remaining_milliseconds() / 1000 + STOP_SECONDS)
        if not done:
            future.cancel()
        return future.result()

    def _on_exception(self, loop: asyncio.AbstractEventLoop, details: dict[str, Any]) -> None:
        error = details.get("exception")
        if error is None:
            loop.default_exception_handler(details)
        else:
            self._crash("the function crashed: nothing handled the error of a task", error)


async def _coroutine(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
