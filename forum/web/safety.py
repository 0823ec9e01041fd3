"""What every request and every answer must keep to: same site, safe headers, nothing shared that is private."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from forum.context import asked
from forum.cursors import LARGEST_NUMBER
from forum.errors import Forbidden, NotFound
from forum.settings import Settings
from forum.web.viewer import has_session_cookie

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# The longest post is 20,000 characters, at most 4 bytes each and three times that when form-encoded.
MOST_BODY_BYTES = 512 * 1024
MOST_FORM_PARTS = 60
YEAR_S = 365 * 24 * 3600

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' {styles}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


HARDENED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
"""What our pages never do, for the browser to know."""


class RowNumber(IntegerConverter):
    """A number in an address, in its one spelling: another, or what is too large for the database, leads nowhere.

    With 007 for 7, or digits of other scripts, there would be as many addresses of a page as somebody likes to try.
    """

    regex = r"[1-9][0-9]{0,9}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_NUMBER)


def init(app: Flask, settings: Settings, styles: str) -> None:
    """Put the checks before and the headers after every view; `styles` names the styles that pages hold."""
    app.url_map.converters["int"] = RowNumber
    # Else /b//alt would be led to /b/alt under whatever name the request gives to its host.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BODY_BYTES
    app.config["MAX_FORM_PARTS"] = MOST_FORM_PARTS
    app.config["ORIGIN"] = settings.origin
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)
    app.before_request(refuse_what_is_no_text)
    app.before_request(refuse_other_sites)
    app.before_request(refuse_crowded_forms)
    hardened = [("Content-Security-Policy", POLICY.format(styles=styles)), *HARDENED]
    if settings.is_https:
        # Bind visitors to https for a year, once the board has it.
        hardened.append(("Strict-Transport-Security", f"max-age={YEAR_S}; includeSubDomains"))

    class Hardened(Response):
        """An answer with the headers that are the same for all, put in last: while it is made each of its headers is
        looked at and copied a dozen times.
        """

        def get_wsgi_response(
            self, environ: WSGIEnvironment
        ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
            body, status, headers = super().get_wsgi_response(environ)
            return body, status, [*headers, *hardened]

    app.response_class = Hardened
    app.after_request(let_browsers_ask_again)


def refuse_what_is_no_text() -> None:
    """An address with a NUL leads nowhere: PostgreSQL can't even be asked for it."""
    if "\0" in asked().path:
        raise NotFound


def refuse_other_sites() -> None:
    """Refuse a change that another site's page sends with our visitor's cookies.

    Browsers name the sender in Sec-Fetch-Site or, the older ones, in Origin, and no page can forge either. So forms
    need no token, and guests' pages hold nothing personal. A request that names no sender is refused as well.
    """
    request = asked()
    if request.method in SAFE_METHODS:
        return
    sender = request.headers.get("Sec-Fetch-Site")
    if not (sender == "same-origin" if sender else _is_from_here(request.headers.get("Origin"))):
        raise Forbidden(
            _("This form was sent from another site. Please open the page here and send it again.")
        )


def _is_from_here(origin: str | None) -> bool:
    return origin == current_app.config["ORIGIN"] or origin == asked().host_url.rstrip("/")


def refuse_crowded_forms() -> None:
    """Refuse a form of very many fields before it is taken apart, which Werkzeug sees to for multipart bodies only."""
    request = asked()
    if (
        request.method not in SAFE_METHODS
        and request.mimetype == "application/x-www-form-urlencoded"
        and request.get_data().count(b"&") > MOST_FORM_PARTS
    ):
        raise RequestEntityTooLarge


def let_browsers_ask_again(response: Response) -> Response:
    """Give pages an ETag, so that an unchanged one is answered by 304; say who may keep them.

    Every page is asked for again each time, so that it is never stale. What a signed-in browser gets is its own;
    errors, answers to forms and what stands behind a link from a mail are kept by nobody.
    """
    headers = response.headers
    if response.direct_passthrough or "Cache-Control" in headers:
        return response
    request = asked()
    is_by_link = "token" in (request.view_args or {})
    if request.method not in SAFE_METHODS or response.status_code >= 400 or is_by_link:
        headers.add("Cache-Control", "no-store")
        return response
    headers.add("Cache-Control", "private, no-cache" if has_session_cookie() else "no-cache")
    headers.add("Vary", "Accept-Language, Cookie, Accept-Encoding")
    if response.status_code == 200:
        response.add_etag(weak=True)
        if "HTTP_IF_NONE_MATCH" in request.environ:
            response.make_conditional(request)
    return response
