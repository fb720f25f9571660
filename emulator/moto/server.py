"""Starts moto's server for the local AWS.

It differs from `moto_server` in how it lives, not in what it answers: the port is bound here, so that two starts never
race for one, and printed as the only line of standard output; it ends as soon as standard input does, so that it
never outlives the process that started it; and it waits for requests without waking up in between. What it answers
differs in the mends that mends.py lists, and in that an action which moto does not have is a 501 instead of a 500, so
that it can be told from a crash.
"""

import logging
import os
import signal
import sys
import threading

from flask import Flask
from moto import backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from mends import mend_what_is_loaded
from one_at_a_time import OneAtATime

ONE_DAY = 86_400


def end_with_standard_input() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


def create_mended_app(service: str) -> Flask:
    backends.get_backend(service)  # loads the service's code and nothing of its state
    mend_what_is_loaded()
    app = create_backend_app(service)
    app.register_error_handler(NotImplementedError, lambda error: (str(error), 501))
    return app


def main() -> None:
    # An interrupt at the terminal reaches the whole process group; the process that started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = OneAtATime(DomainDispatcherApplication(create_mended_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    # moto calls itself for a few things, by this variable.
    os.environ["MOTO_PORT"] = str(server.server_port)
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    print(server.server_port, flush=True)
    server.serve_forever(poll_interval=ONE_DAY)


if __name__ == "__main__":
    main()
