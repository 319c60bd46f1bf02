"""Lets a limited number of calls run at once; others wait in line, and a long line is refused. node/gate.mts is its twin."""

import collections
import threading

# Calls that may wait, per call that may run.
WAITING_PER_PLACE = 10


class Gate:
    """The places in which calls run."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._lock = threading.Lock()
        self._line: collections.deque[threading.Event] = collections.deque()
        self._running = 0
        self._overdue = 0

    @property
    def running(self) -> int:
        """Calls that run."""
        return self._running

    @property
    def waiting(self) -> int:
        """Calls that wait."""
        return len(self._line)

    @property
    def stuck(self) -> bool:
        """Whether every place is taken by a call whose time is over: nothing will run any more."""
        return self._overdue >= self._places

    def enter(self, seconds: float) -> bool:
        """Takes a place, as soon as there is one. False when the line is too long, or the time is over before."""
        with self._lock:
            if self._running < self._places:
                self._running += 1
                return True
            if len(self._line) >= self._places * WAITING_PER_PLACE:
                return False
            turn = threading.Event()
            self._line.append(turn)
        turn.wait(seconds)
        with self._lock:
            if not turn.is_set():
                self._line.remove(turn)
            return turn.is_set()

    def leave(self) -> None:
        """Gives a place back; whoever waits longest takes it."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._running -= 1

    def keep_overdue(self) -> None:
        """Notes that a call keeps its place though its caller has been told that its time is over."""
        with self._lock:
            self._overdue += 1

    def leave_overdue(self) -> None:
        """Gives back a place kept by keep_overdue."""
        with self._lock:
            self._overdue -= 1
        self.leave()
