"""Serves one function over HTTP. node/server.mts is its twin."""

import errno
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from ...portable.python.core import Invoke
from .exchange import Exchange
from .gate import Gate
from .http1 import BadMessage, Closed, Connection
from .metrics import Metrics

# Above what common proxies keep idle connections for, so that it is the proxy that closes them: 90 s in Traefik.
KEEP_ALIVE_SECONDS = 120

MAX_CONNECTIONS = 2048

MAX_BACKLOG = 512

LINGER_SECONDS = 2


class FunctionServer:
    """Serves one function over HTTP, with a thread for each connection."""

    def __init__(self, settings: dict[str, Any], on_stuck: Callable[[], None]) -> None:
        """on_stuck is called when no call can run any more, since all places are taken by calls that do not end."""
        self.settings = settings
        self.on_stuck = on_stuck
        self.gate = Gate(settings["concurrency"])
        self.metrics = Metrics(settings["functionName"])
        self.pool = ThreadPoolExecutor(settings["concurrency"], "function")
        self.invoke: Invoke | None = None
        self.draining = False
        self._listener: socket.socket | None = None
        self._room = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._changed = threading.Condition()
        self._idle: set[Connection] = set()
        # Requests that are not answered yet.
        self._open: set[Exchange] = set()

    def listen(self) -> int:
        """Listens, and answers for the function with 503. Returns the port."""
        self._listener = _listen(self.settings["host"], self.settings["port"])
        threading.Thread(target=self._accept, name="accept", daemon=True).start()
        return self._listener.getsockname()[1]

    def use(self, invoke: Invoke) -> None:
        """Begins to answer with the function."""
        self.invoke = invoke

    def begin_draining(self) -> None:
        """Turns the health red and asks callers to close their connections, but goes on answering."""
        self.draining = True

    def close(self, max_seconds: float) -> int:
        """Takes no new connection, and waits until all answers are sent, but not for longer than given.

        Returns how many are not.
        """
        self.draining = True
        if self._listener is not None:
            # Closing alone would leave the thread in accept(), which would take one more connection.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        with self._changed:
            for connection in self._idle:
                connection.stop_reading()
            self._changed.wait_for(lambda: not self._open and not self._idle, max_seconds)
            return len(self._open)

    def abandon(self) -> None:
        """Answers what is still open with an error, before the process ends."""
        with self._changed:
            left = list(self._open)
        for exchange in left:
            exchange.abandon()

    def _accept(self) -> None:
        while True:
            self._room.acquire()
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(Connection(peer),), name="connection", daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        try:
            while self._answer(self._next(connection)):
                pass
            connection.linger(LINGER_SECONDS)
        except (Closed, BadMessage):
            pass
        finally:
            connection.close()
            self._room.release()

    def _next(self, connection: Connection) -> Exchange:
        """Waits for a request. A connection is idle or has one that is open: in between the process could end."""
        exchange = Exchange(self, connection)
        with self._changed:
            self._idle.add(connection)
            if self.draining and self._listener.fileno() < 0:
                connection.stop_reading()
        try:
            connection.wait(KEEP_ALIVE_SECONDS)
            with self._changed:
                self._open.add(exchange)
        finally:
            with self._changed:
                self._idle.discard(connection)
                self._changed.notify_all()
        return exchange

    def _answer(self, exchange: Exchange) -> bool:
        try:
            return exchange.answer()
        finally:
            with self._changed:
                self._open.discard(exchange)
                self._changed.notify_all()


def _listen(host: str | None, port: int) -> socket.socket:
    """Listens on an address; on all of them, where there is IPv6 for both kinds, without one."""
    if host is None and socket.has_dualstack_ipv6():
        try:
            return socket.create_server(
                ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=MAX_BACKLOG
            )
        except OSError as error:
            # A kernel may know IPv6 and have it switched off.
            if error.errno == errno.EADDRINUSE:
                raise
    family = socket.AF_INET6 if ":" in (host or "") else socket.AF_INET
    return socket.create_server((host or "", port), family=family, backlog=MAX_BACKLOG)
