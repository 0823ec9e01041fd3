"""How a page that will be kept is made: by the whole application once for each view, then by the view alone.

All pages of a view have the same headers but for their ETag, which a test proves for each view that is kept. What
Flask does around a view for whoever may come, with whatever request, takes as long as the view itself; for a guest
whose request is the cache's own nothing of it would change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from flask import Flask, Response, g
from flask.ctx import RequestContext
from werkzeug.http import generate_etag, quote_etag
from werkzeug.routing import Rule

from forum.web import journal
from forum.web.page import Headers
from forum.web.viewer import look_as_guest

# Headers that speak of one answer, or that are made anew for each.
OF_ONE_ANSWER = frozenset({"x-request-id", "date", "content-length", "etag"})
# Where the request of a page that will be kept says what shows it; no visitor's request has that.
SHOWN_BY = "forum.shown_by"

Environ = dict[str, Any]
Begin = Callable[..., Any]


class ShownBy(NamedTuple):
    """What the router says of an address: the rule that names the view, and the parts of the address."""

    rule: Rule
    arguments: Mapping[str, Any]

    @property
    def endpoint(self) -> str:
        """The name of the view."""
        return self.rule.endpoint


class _Known(RequestContext):
    """The context of a request of which it is known what shows it, so that the router is not asked once more.

    Flask leaves `match_request` to be overridden.
    """

    def match_request(self) -> None:
        self.request.url_rule, self.request.view_args = self.request.environ[SHOWN_BY]


def init(app: Flask) -> None:
    """Stand where Flask's own application did: behind everything that takes turns and knows of proxies."""
    app.wsgi_app = Making(app)


class Making:
    """The WSGI application that lets a view alone make a page whose headers are known, and Flask everything else."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._flask = app.wsgi_app
        self._headers: dict[str, Headers] = {}
        """Those of a view's pages, by its endpoint."""

    def __call__(self, environ: Environ, start_response: Begin) -> Iterable[bytes]:
        shown_by: ShownBy | None = environ.get(SHOWN_BY)
        if shown_by is None:
            return self._flask(environ, start_response)
        headers = self._headers.get(shown_by.endpoint)
        if headers is None:
            return self._flask(environ, self._learning(shown_by.endpoint, start_response))
        with _Known(self._app, environ):
            journal.begin()
            look_as_guest()
            shown = self._shown(shown_by)
            if isinstance(shown, Response):
                return shown(environ, start_response)
            journal.note(200)
            body = shown.encode()
            tag = quote_etag(generate_etag(body), weak=True)
            start_response("200 OK", [*headers, ("ETag", tag), ("X-Request-Id", g.request_id)])
            return [body]

    def _shown(self, shown_by: ShownBy) -> str | Response:
        """A page; or what is none, but a redirect or an error, answered as Flask does it."""
        try:
            try:
                shown: Any = self._app.view_functions[shown_by.endpoint](**shown_by.arguments)
                if isinstance(shown, str):
                    return shown
            except Exception as fault:  # noqa: BLE001 - whatever it is, the application has an answer
                shown = self._app.handle_user_exception(fault)
            return self._app.finalize_request(shown)
        except Exception as fault:  # noqa: BLE001 - as Flask does it around all that it does
            return self._app.handle_exception(fault)

    def _learning(self, endpoint: str, start_response: Begin) -> Begin:
        """A `start_response` that notes the headers of a view which returns nothing but its text."""

        def begin(status: str, headers: Headers, *more: Any) -> Any:
            if ("Content-Type", "text/html; charset=utf-8") in headers and may_be_kept(status, headers):
                self._headers[endpoint] = lasting(headers)
            return start_response(status, headers, *more)

        return begin


def may_be_kept(status: str, headers: Headers) -> bool:
    """Whether an answer is a page for everybody, as its headers say."""
    given = {name.lower(): value for name, value in headers}
    is_for_all = given.get("cache-control") == "no-cache" and "set-cookie" not in given
    return status.startswith("200 ") and is_for_all


def lasting(headers: Headers) -> Headers:
    """Those headers that do not speak of one answer."""
    return [(name, value) for name, value in headers if name.lower() not in OF_ONE_ANSWER]
