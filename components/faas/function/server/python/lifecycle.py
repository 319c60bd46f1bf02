"""How the server's process ends. node/lifecycle.mts is its twin."""

import os
import queue
import signal
import sys
import threading
import time
from typing import Any

from ...portable.python.log import write_line
from .server import FunctionServer

# Seconds that other calls get to end after the function has crashed.
CRASH_SECONDS = 3


class Lifecycle:
    """Ends the process, with the calls that run answered first."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self._server: FunctionServer | None = None
        # What ends the process: a signal, or None for a crash. The first counts.
        self._reasons: queue.SimpleQueue[signal.Signals | None] = queue.SimpleQueue()
        threading.excepthook = self._on_thread_error
        self.take_signals()
        # Not in the main thread, which may still load the function.
        threading.Thread(target=self._end, name="lifecycle", daemon=True).start()

    def take_signals(self) -> None:
        """Ends at SIGTERM and SIGINT; again when the function is loaded, since its code may have set handlers of its own."""
        for number in (signal.SIGTERM, signal.SIGINT):
            # A handler must not write to the log, which the main thread may be writing to.
            signal.signal(number, lambda received, _: self._reasons.put(signal.Signals(received)))

    def serve(self, server: FunctionServer) -> None:
        """Ends through this server from now on."""
        self._server = server

    def crash(self, message: str, error: BaseException | None = None) -> None:
        """Ends the process with an error, so that the container is started anew."""
        write_line(self._settings, "error", message, {"error": error})
        self._reasons.put(None)

    def _end(self) -> None:
        reason = self._reasons.get()
        if reason is None:
            self._end_after_crash()
        else:
            self._drain(reason)

    def _on_thread_error(self, details: threading.ExceptHookArgs) -> None:
        if details.exc_type is not SystemExit:
            self.crash("the function crashed: nothing caught an error of a thread", details.exc_value)

    def _end_after_crash(self) -> None:
        if self._server is not None:
            self._server.close(CRASH_SECONDS)
            self._server.abandon()
        _exit(1)

    def _drain(self, reason: signal.Signals) -> None:
        """Ends in order: serves on until proxies know, then takes no new connection and waits for the calls that run."""
        seconds = self._settings["drainSeconds"] if reason is signal.SIGTERM else 0
        self._log("info", f"ending: serving on for {seconds} seconds", reason)
        left = 0
        if self._server is not None:
            self._server.begin_draining()
            time.sleep(seconds)
            left = self._server.close(self._settings["timeoutSeconds"] + 2)
        if left:
            self._log("error", f"ended with {left} requests unanswered", reason)
            self._server.abandon()
        else:
            self._log("info", "ended: every request is answered", reason)
        _exit(0)

    def _log(self, level: str, message: str, reason: signal.Signals) -> None:
        write_line(self._settings, level, message, {"signal": reason.name})


def _exit(code: int) -> None:
    """Ends at once: a handler that does not end would hold the interpreter for ever."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
