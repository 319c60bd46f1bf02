"""Where and for how long a function runs, and what it was given. node/context.mts is its twin."""

import os
import time
import types
from datetime import datetime, timedelta, timezone
from typing import Any

from .log import Log


class Context:
    """The context of one request; its deadline is the function's timeout from now."""

    def __init__(self, settings: dict[str, Any], request_id: str) -> None:
        self._secrets = [secret["variable"] for secret in settings["secrets"]]
        self._end = time.monotonic() + settings["timeoutSeconds"]
        self.function_name: str = settings["functionName"]
        self.namespace: str = settings["namespace"]
        self.request_id = request_id
        self.deadline = datetime.now(timezone.utc) + timedelta(seconds=settings["timeoutSeconds"])
        self.environment = types.MappingProxyType(settings["environment"])
        self.log = Log(settings, request_id)

    def remaining_milliseconds(self) -> int:
        """Milliseconds until the deadline, 0 when it has passed."""
        return max(0, int((self._end - time.monotonic()) * 1000))

    def secret(self, variable: str) -> str:
        """A declared secret by the name of its environment variable; raises KeyError when none is declared."""
        if variable not in self._secrets:
            declared = ", ".join(self._secrets) or "none"
            raise KeyError(f"The function declares no secret {variable!r}; it declares {declared}.")
        return os.environ.get(variable, "")
