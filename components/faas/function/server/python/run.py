"""Loads one function and serves it until the process ends."""

import os
import pathlib
import site
import threading

from ...portable.python.log import write_line
from . import contract, lifecycle, loop, server, settings


def run(code: pathlib.Path, packages: pathlib.Path) -> None:
    """Serves the function of a folder; does not return."""
    known = settings.read_server_settings(code / "kubernetes_faas_adapter" / "settings.json")
    life = lifecycle.Lifecycle(known)
    try:
        settings.check_secrets(known)
        site.addsitedir(os.environ.get("KUBERNETES_FAAS_PACKAGES") or str(packages))
        served = server.FunctionServer(known, lambda: life.crash("no call of the function ends any more"))
        life.serve(served)
        port = served.listen()
        served.use(contract.load_contract(known, code, loop.EventLoop(life.crash).wait))
        write_line(known, "info", f"listening on {port}", {"contract": known["contract"]})
    except BaseException as error:  # noqa: BLE001
        life.crash("the function cannot be loaded", error)
    life.take_signals()
    # The main thread has nothing more to do than to take signals.
    threading.Event().wait()
