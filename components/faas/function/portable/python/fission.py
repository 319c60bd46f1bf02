"""Binds the portable handler to Fission's python-env (github.com/fission/environments, python/server.py, 1.35.0).

That server imports this module when a pod is specialized, and calls main() for a request.
"""

import pathlib
import typing

import flask
import werkzeug.exceptions

from . import core, log, wsgi


def _load() -> wsgi.Application:
    adapter = pathlib.Path(__file__).resolve().parent
    settings = core.read_settings(adapter / "settings.json")
    try:
        return wsgi.Application(core.load_handler(settings, adapter.parent, wsgi.wait), settings)
    except Exception as error:
        log.write_line(settings, "error", "the function cannot be loaded", {"error": error})
        reason = f"The function {settings['functionName']} cannot be loaded: {error}"
        # Flask puts the description into its answer, by which the executor learns the reason.
        raise werkzeug.exceptions.InternalServerError(reason) from error


def _take_over(app: flask.Flask) -> None:
    """Answers every request from now on.

    The server's own routes would keep PATCH, /healthz and /static away from the function, and its /v2/specialize lets
    any caller that reaches it through a prefix route replace the function.
    """
    app.wsgi_app = _application  # type: ignore[method-assign]


def main() -> flask.Response:
    """Answers the first request after a restart, when the server loads the function before it has an application."""
    app = flask.current_app._get_current_object()  # type: ignore[attr-defined]
    _take_over(app)
    answer = _application.answer(flask.request.environ)
    response = flask.Response(_application.pieces(answer), answer.status, typing.cast(typing.Any, answer.headers))
    if all(name != "content-type" for name, _ in answer.headers):
        del response.headers["content-type"]
    return response


_application = _load()

if flask.has_app_context():
    _take_over(flask.current_app._get_current_object())  # type: ignore[attr-defined]
