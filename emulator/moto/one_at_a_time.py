"""Gives moto its requests one after another.

moto's state is plain dictionaries, and its server answers in threads: a security group that is listed while another is
made is "RuntimeError: dictionary changed size during iteration" now and then. Python runs one thread at a time anyway,
so this costs nothing. A request's body is read before its turn, so that a slow caller holds up nobody.
"""

import io
from threading import Lock


class OneAtATime:
    def __init__(self, application):
        self.application = application
        self.turn = Lock()

    def __call__(self, environ, start_response):
        stream = environ["wsgi.input"]
        if environ.get("wsgi.input_terminated"):
            body = stream.read()
        else:
            body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with self.turn:
            answer = self.application(environ, start_response)
            try:
                return list(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
