"""How gunicorn serves the board, for whoever runs `gunicorn wsgi:app`; `python wsgi.py` serves by granian.

One worker unless WEB_CONCURRENCY names more.
"""

import os

# As forum.settings reads them, which gunicorn does not find yet. It would itself take PORT alone, and listen on every
# address of the machine.
host, port = (os.environ.get(*setting) for setting in (("HOST", "127.0.0.1"), ("PORT", "8000")))  # noqa: TID251
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
worker_class = "gthread"
# Most of them wait, for a body that is on its way or for their turn: see `forum/web/gate.py`.
threads = 32
# Who stops the board lets the requests in flight finish, which takes milliseconds, or an upload on a slow line.
graceful_timeout = 30
# The board logs requests itself, as JSON with their ids.
accesslog = None
loglevel = "warning"
# A socket for gunicornc in the home directory, served by a thread that every later fork would copy.
control_socket_disable = True
