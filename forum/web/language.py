"""Which language the visitor reads: their choice, else what their browser asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from babel import Locale
from babel.support import Translations
from flask import Blueprint, Flask, current_app, g, has_request_context, redirect, request
from flask_babel import Babel, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from forum.errors import NotFound

LANGUAGES = {"en": "English", "ja": "日本語"}
COOKIE = "language"
YEAR_S = 365 * 24 * 3600
# Longer than any address of ours, and short enough for the headers that proxies take.
LONGEST_ADDRESS = 2000
# Browsers name a dozen languages at most. What stands behind is not read, so that what is remembered stays small.
LONGEST_HEADER = 500

blueprint = Blueprint("web", __name__)


def init(app: Flask) -> None:
    """Translate by the catalogues beside this package."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    # Ready, because Flask-Babel would else parse the same two names at each request.
    locales = {language: Locale.parse(language) for language in LANGUAGES}
    Babel(app, locale_selector=lambda: locales[current_language()])
    # A page says some forty sentences, and Flask-Babel would look up language and catalogue for each of them anew.
    catalogues: dict[str, Translations] = {}

    def catalogue() -> Translations:
        language = current_language()
        if (found := catalogues.get(language)) is None:
            found = catalogues[language] = cast("Translations", get_translations())
        return found

    @pass_eval_context
    def gettext(place: EvalContext, message: str, /, **values: object) -> str:
        return _filled(place, catalogue().ugettext(message), values)

    @pass_eval_context
    def ngettext(place: EvalContext, one: str, many: str, number: int, /, **values: object) -> str:
        return _filled(place, catalogue().ungettext(one, many, number), {"num": number, **values})

    # Jinja's own look each other up in the template's context for each sentence.
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
    app.register_blueprint(blueprint)


def _filled(place: EvalContext, sentence: str, values: dict[str, object]) -> str:
    """A sentence of the catalogue with its values: in a page, where it is ours to be markup, these are escaped."""
    text = Markup(sentence) if place.autoescape else sentence  # noqa: S704
    return text % values if "%" in sentence else text


def current_language() -> str:
    """'en' or 'ja'; English outside a request, as in commands and jobs."""
    if not has_request_context():
        return "en"
    language = g.get("language")
    if language is None:
        language = choose(request.cookies.get(COOKIE, ""), request.headers.get("Accept-Language", ""))
        g.language = language
    return language


def choose(chosen: str, accepted: str) -> str:
    """'en' or 'ja': what the visitor chose, else what an Accept-Language header likes best."""
    return chosen if chosen in LANGUAGES else _best_of(accepted[:LONGEST_HEADER])


@lru_cache(maxsize=256)
def _best_of(accepted: str) -> str:
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES) or "en"


@blueprint.post("/language")
def language() -> Response:
    """Remember the visitor's choice and lead back to where they were."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise NotFound
    response = redirect(local_address(request.form.get("next", "/")), 303)
    response.set_cookie(
        COOKIE,
        chosen,
        max_age=YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["VIEWER_COOKIE_SECURE"],
    )
    return response


def local_address(target: str) -> str:
    """`target` when it is an address on this board, else "/": nobody is led away by a crafted link."""
    is_plain = target.isprintable() and "\\" not in target and len(target) <= LONGEST_ADDRESS
    return target if is_plain and target.startswith("/") and not target.startswith("//") else "/"
