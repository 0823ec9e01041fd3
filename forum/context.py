"""What belongs to the request or job at hand, without Flask's proxies: each use of one takes most of a microsecond, and
a reply came to a hundred.
"""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask.wrappers import Request


def held() -> Any:
    """What it keeps for itself: Flask's `g`. Raises RuntimeError outside."""
    return g._get_current_object()  # noqa: SLF001 - how werkzeug unwraps a proxy


def asked() -> Request:
    """The request. Raises RuntimeError where there is none."""
    # The hints know the proxy as what it stands for.
    proxy: Any = request
    return proxy._get_current_object()  # noqa: SLF001 - as above
