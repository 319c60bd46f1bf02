"""An answer's body that is made while it is sent. node/stream.mts is its twin."""

import collections.abc
from typing import Any, Awaitable, Callable


class WrongAnswer(Exception):
    """What a handler returned cannot be sent."""


def is_stream(value: Any) -> bool:
    """Whether a value is sent piece by piece.

    Generators, open files and other iterators are, and asynchronous iterables. A list or a set is none, though it can
    be iterated.
    """
    return isinstance(value, (collections.abc.Iterator, collections.abc.AsyncIterable))


class AnswerStream:
    """The pieces of a stream, one by one."""

    def __init__(self, source: Any, wait: Callable[[Awaitable[Any]], Any]) -> None:
        is_asynchronous = isinstance(source, collections.abc.AsyncIterable)
        self._source = aiter(source) if is_asynchronous else source
        self._is_asynchronous = is_asynchronous
        self._wait = wait
        self._first: bytes | None = None

    def open(self) -> None:
        """Waits for the first piece, so that what fails before it can still be answered with an error."""
        self._first = self._read()

    def next(self) -> bytes | None:
        """The next piece, or None at the end; raises WrongAnswer for a piece that is neither text nor bytes."""
        first, self._first = self._first, None
        return first if first is not None else self._read()

    def close(self) -> None:
        """Tells the source that nobody takes any more, so that it can let go of what it holds."""
        close = getattr(self._source, "aclose" if self._is_asynchronous else "close", None)
        try:
            if close is not None and self._is_asynchronous:
                self._wait(close())
            elif close is not None:
                close()
        except Exception:  # noqa: BLE001
            # What a source raises when it is told to stop was told to its own reader before.
            pass

    def _read(self) -> bytes | None:
        try:
            piece = self._wait(anext(self._source)) if self._is_asynchronous else next(self._source)
        except (StopIteration, StopAsyncIteration):
            return None
        if isinstance(piece, str):
            return piece.encode("utf-8", "replace")
        if not isinstance(piece, (bytes, bytearray, memoryview)):
            raise WrongAnswer(f"a piece of the stream is a {type(piece).__name__}; make it a text or bytes")
        return bytes(piece)
