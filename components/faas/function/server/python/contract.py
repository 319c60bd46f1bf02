"""The signatures that the user's code may have."""

import pathlib
from typing import Any

from ...portable.python.core import Invoke, Wait, load_handler
from .funktion import load_funktion
from .kubeless import load_kubeless

CONTRACTS = {"portable": load_handler, "kubeless": load_kubeless, "funktion": load_funktion}


def load_contract(settings: dict[str, Any], root: pathlib.Path, wait: Wait) -> Invoke:
    """Loads the user's code; raises when it cannot be loaded or has not what the contract asks for."""
    return CONTRACTS[settings["contract"]](settings, root, wait)
