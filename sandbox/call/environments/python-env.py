"""Stands in for Fission's python-env image (github.com/fission/environments, python/server.py, 1.35.0).

It uses the frameworks that the image uses, Flask on bjoern or, with WSGI_FRAMEWORK=GEVENT, on gevent, with the same
routes, the same way to find and import the entry, and the same file from which a restarted container takes it up again.
It leaves out web sockets and Sentry.
"""

import importlib
import json
import os
import socket
import sys

from flask import Flask, abort, request

METHODS = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"]
STATE = os.path.join(os.environ["USERFUNCVOL"], "state.json")


class Environment(Flask):
    def __init__(self):
        super().__init__(__name__)
        self.userfunc = None
        if os.path.exists(STATE):
            with open(STATE) as state:
                self.userfunc = self.load(json.load(state))
        self.add_url_rule("/v2/specialize", "specialize", self.specialize, methods=["POST"])
        self.add_url_rule("/healthz", "healthz", lambda: ("", 200), methods=["GET"])
        self.add_url_rule("/", "call", self.call, methods=METHODS)
        self.add_url_rule("/<path:path>", "call", self.call, methods=METHODS)

    def specialize(self):
        info = request.get_json()
        self.userfunc = self.load(info)
        with open(STATE, "w") as state:
            json.dump(info, state)
        return ""

    def call(self, path=None):
        return self.userfunc() if self.userfunc else abort(500)

    @staticmethod
    def load(info):
        module, function = info["functionName"].rsplit(".", 1)
        sys.path.append(info["filepath"])
        return getattr(importlib.import_module(module), function)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    app = Environment()
    port = free_port()
    if os.environ.get("WSGI_FRAMEWORK") == "GEVENT":
        from gevent.pywsgi import WSGIServer
        from gevent_ws import WebSocketHandler

        server = WSGIServer(("127.0.0.1", port), app, handler_class=WebSocketHandler)
        server.start()
        print(f"listening on {port}", flush=True)
        server.serve_forever()
    else:
        import bjoern

        bjoern.listen(app, "127.0.0.1", port, reuse_port=True)
        print(f"listening on {port}", flush=True)
        bjoern.run()


main()
