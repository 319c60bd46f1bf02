"""What Prometheus is told, under the names that Kubeless's runtimes used. node/metrics.mts is its twin."""

import bisect
import json
import threading

# Upper ends in seconds: the defaults of Prometheus's own client libraries, and two for slow functions.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

# Callers may write any word as the method, but must not make a series of each.
METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})


class _Series:
    """The calls of one method."""

    def __init__(self) -> None:
        self.calls = 0
        self.failures = 0
        self.seconds = 0.0
        # Calls within each bucket and above the last, not cumulated.
        self.durations = [0] * (len(BUCKETS) + 1)


class Metrics:
    """The counters of one function."""

    def __init__(self, function_name: str) -> None:
        self._own = f"function={json.dumps(function_name)}"
        self._lock = threading.Lock()
        self._series: dict[str, _Series] = {}
        self._refused = 0

    def observe(self, method: str, seconds: float, failed: bool) -> None:
        """Notes a call that has ended."""
        with self._lock:
            series = self._series.setdefault(method if method in METHODS else "OTHER", _Series())
            series.calls += 1
            series.failures += int(failed)
            series.seconds += seconds
            series.durations[bisect.bisect_left(BUCKETS, seconds)] += 1

    def refuse(self) -> None:
        """Notes a request that was not handed to the function, because it was busy or not loaded."""
        with self._lock:
            self._refused += 1

    def render(self, running: int, waiting: int) -> str:
        """In Prometheus's text format, version 0.0.4."""
        with self._lock:
            labelled = [(f'{self._own},method="{method}"', series) for method, series in self._series.items()]
            lines = [
                *_head("function_calls_total", "counter", "Calls of the function."),
                *(f"function_calls_total{{{labels}}} {series.calls}" for labels, series in labelled),
                *_head("function_failures_total", "counter", "Calls that ended with a server error or after their time."),
                *(f"function_failures_total{{{labels}}} {series.failures}" for labels, series in labelled),
                *_head("function_duration_seconds", "histogram", "From the whole request to the end of the answer."),
                *(line for labels, series in labelled for line in _histogram(labels, series)),
                *_head("function_running", "gauge", "Calls that run."),
                f"function_running{{{self._own}}} {running}",
                *_head("function_waiting", "gauge", "Calls that wait until others have ended."),
                f"function_waiting{{{self._own}}} {waiting}",
                *_head(
                    "function_refused_total", "counter", "Requests refused because the function was busy or not loaded."
                ),
                f"function_refused_total{{{self._own}}} {self._refused}",
            ]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, description: str) -> list[str]:
    return [f"# HELP {name} {description}", f"# TYPE {name} {kind}"]


def _histogram(labels: str, series: _Series) -> list[str]:
    name = "function_duration_seconds"
    below = 0
    lines = []
    for end, count in zip(BUCKETS, series.durations):
        below += count
        lines.append(f'{name}_bucket{{{labels},le="{end}"}} {below}')
    return [
        *lines,
        f'{name}_bucket{{{labels},le="+Inf"}} {series.calls}',
        f"{name}_sum{{{labels}}} {series.seconds}",
        f"{name}_count{{{labels}}} {series.calls}",
    ]
