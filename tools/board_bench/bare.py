"""An empty Flask: one view that gives out bytes it holds in memory, for `gunicorn tools.board_bench.bare:app`.

What the framework and its usual server cost before a board does anything. The folder PAGES holds the answers,
compressed, in files that are called as their addresses are.
"""

import os
from pathlib import Path

from flask import Flask, Response

PAGES = {path.name: path.read_bytes() for path in Path(os.environ["PAGES"]).iterdir()}

app = Flask(__name__, static_folder=None)


@app.get("/<any(thread, board, home):name>")
def page(name: str) -> Response:
    """One of the pages as it is."""
    return Response(PAGES[name], mimetype="text/html", headers={"Content-Encoding": "gzip"})
