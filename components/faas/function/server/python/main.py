"""The function server: `python3 main.py`.

Written for a pod, but runs anywhere: docs/function-server.md has the variables that replace a pod's surroundings.
node/main.mts is its twin.
"""

import importlib
import os
import pathlib
import sys

# The links of a mounted ConfigMap lead to a folder of another name; what is installed lies beside the mounted one.
PACKAGES = pathlib.Path(os.path.abspath(__file__)).parents[4] / "packages"
CODE = pathlib.Path(__file__).resolve().parents[3]


def main() -> None:
    # The user's modules must find neither those of this folder nor, yet, be found in place of Python's own.
    sys.path[0:1] = []
    sys.path.append(str(CODE))
    importlib.import_module("kubernetes_faas_adapter.server.python.run").run(CODE, PACKAGES)


main()
