"""What the server is told: by settings.json, which the packaging writes, and by the environment."""

import os
import pathlib
import re
from typing import Any

from ...portable.python.core import read_settings


def _number_from(variable: str, otherwise: int) -> int:
    """Whole seconds, ports: what the environment may say instead of the file; raises ValueError for anything else."""
    text = os.environ.get(variable, "")
    if text == "":
        return otherwise
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"{variable} is {text!r}, which is not a whole number; give digits or unset it")
    return int(text)


def read_server_settings(file: pathlib.Path) -> dict[str, Any]:
    """Reads settings.json and what the environment overrides.

    Declared variables that are not set are left out of the function's environment.
    """
    settings = read_settings(file)
    environment = {name: os.environ[name] for name in settings["variables"] if name in os.environ}
    host = os.environ.get("KUBERNETES_FAAS_HOST")
    port, timeout = settings["port"], settings["timeoutSeconds"]
    if settings["contract"] == "kubeless":
        port, timeout = _number_from("FUNC_PORT", port), _number_from("FUNC_TIMEOUT", timeout)
    port = _number_from("KUBERNETES_FAAS_PORT", port)
    return {**settings, "environment": environment, "host": host, "port": port, "timeoutSeconds": timeout}


def check_secrets(settings: dict[str, Any]) -> None:
    """Raises LookupError when a declared secret is not in the environment."""
    missing = [secret["variable"] for secret in settings["secrets"] if secret["variable"] not in os.environ]
    if missing:
        raise LookupError(f"The environment lacks the declared {', '.join(missing)}; set each, or declare it no more.")
