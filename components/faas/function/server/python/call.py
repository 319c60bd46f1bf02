"""One call of the function: its place, its time and its end. node/call.mts is its twin."""

import concurrent.futures
import threading
from typing import Any, Callable

from ...portable.python.answer import Answer, problem
from ...portable.python.context import Context
from ...portable.python.core import Invoke
from ...portable.python.request import Request
from ...portable.python.stream import AnswerStream
from .gate import Gate


class TimeIsOver(Exception):
    """A call has taken longer than it may."""


class Call:
    """One call of the function. The user's code runs in a thread of the pool, since no thread can be stopped."""

    def __init__(
        self,
        settings: dict[str, Any],
        context: Context,
        gate: Gate,
        pool: concurrent.futures.ThreadPoolExecutor,
        on_refused: Callable[[], None],
        on_stuck: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._context = context
        self._gate = gate
        self._pool = pool
        self._on_refused = on_refused
        self._on_stuck = on_stuck
        # What runs of the user's code, or ran last.
        self._work: concurrent.futures.Future[Any] | None = None
        # Whether the caller was told, or shown by a cut connection, that the time is over.
        self.timed_out = False

    def limited(self, invoke: Invoke) -> Invoke:
        """The user's code, within the call's place and time."""

        def invoke_limited(request: Request, context: Context) -> Answer:
            if not self._gate.enter(context.remaining_milliseconds() / 1000):
                self._on_refused()
                answer = problem(503, "the function is busy", context.request_id)
                return Answer(answer.status, [*answer.headers, ("retry-after", "1")], answer.body)
            try:
                return self.within(invoke, request, context)
            except TimeIsOver:
                return self._too_late()

        return invoke_limited

    def within(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a piece of the user's code; raises TimeIsOver when it does not end in time."""
        self._work = self._pool.submit(work, *arguments)
        done, _ = concurrent.futures.wait([self._work], self._context.remaining_milliseconds() / 1000)
        if not done:
            self.timed_out = True
            raise TimeIsOver("the function's time is over")
        return self._work.result()

    def end(self, answer: Answer) -> bool:
        """Gives the place back, once the user's code has ended too. False when the function was not called."""
        work = self._work
        if work is None:
            return False
        if isinstance(answer.body, AnswerStream) and not self.timed_out:
            work = self._pool.submit(answer.close)
        elif isinstance(answer.body, AnswerStream):
            work.add_done_callback(lambda _: answer.close())
        if not self.timed_out:
            work.add_done_callback(lambda _: self._gate.leave())
            return True
        self._gate.keep_overdue()
        work.add_done_callback(lambda _: self._gate.leave_overdue())
        # What ends together with its time is no reason to give up.
        timer = threading.Timer(0.1, lambda: self._on_stuck() if self._gate.stuck else None)
        timer.daemon = True
        timer.start()
        return True

    def _too_late(self) -> Answer:
        seconds, log = self._settings["timeoutSeconds"], self._context.log
        log.error("the handler took too long", timeoutSeconds=seconds)

        def on_end(work: concurrent.futures.Future[Any]) -> None:
            error = work.exception()
            if error is not None and not isinstance(error, concurrent.futures.CancelledError):
                log.error("the handler failed after its time", error=error)

        self._work.add_done_callback(on_end)
        status = 408 if self._settings["contract"] == "kubeless" else 504
        return problem(status, f"the function took longer than {seconds} seconds", self._context.request_id)
