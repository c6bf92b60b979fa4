"""Always on: a middleware that writes down what a SCIM client asked and what the app answered, for `scim-tests judge`.

    app = ASGIRecorder(app, "scim.jsonl")                     # Starlette, FastAPI, Django's asgi.py
    app.wsgi_app = WSGIRecorder(app.wsgi_app, "scim.jsonl")   # Flask; Django's wsgi.py

In the app stand only a copy of the bytes, a bounded queue and a thread that sends them on. Secrets and people are taken out by
a process of its own, one for each file: that takes milliseconds of computing, for which no request has to wait.
"""

from scim_tests.recorder.asgi import ASGIRecorder
from scim_tests.recorder.wsgi import WSGIRecorder

__all__ = ["ASGIRecorder", "WSGIRecorder"]
