"""What templates may call: times, addresses of static files, and the facts that every page shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from forum.access import sees_all, suspension_of
from forum.db import reading
from forum.moderation.queue import waiting_count
from forum.text import moments
from forum.web import notices
from forum.web.assets import SHEETS, asset
from forum.web.keeping import right_until
from forum.web.language import current_language
from forum.web.viewer import current_viewer, now

MINUTE_S, HOUR_S, DAY_S, WEEK_S = 60, 3600, 86400, 7 * 86400


def init(app: Flask) -> None:
    """Give the templates their filters and what they all show."""
    app.add_template_filter(moments.iso)
    app.add_template_filter(jst)
    app.add_template_filter(absolute)
    app.add_template_filter(told)
    app.add_template_global(asset)
    app.jinja_env.globals["style_sheets"] = SHEETS
    app.add_template_global(address, "url_for")
    # Called by the page that shows it, so that a feed, which shows none, does not use it up.
    app.add_template_global(notices.current, "current_notice")
    app.add_template_global(notices.posted_key)

    @app.context_processor
    def _everywhere() -> dict[str, Any]:
        viewer = current_viewer()
        return {
            "viewer": viewer,
            "suspension": suspension_of(viewer) if viewer.is_suspended else "",
            "queue_length": waiting_count(reading()) if sees_all(viewer) else None,
            "locale": current_language(),
            "site_name": "Engawa",
            "canonical_url": absolute(request.path),
            "here": here(),
        }


def address(endpoint: str, **values: Any) -> str:
    """`url_for`; that of a page without parts is looked up once, since the router takes as long as a line of a list."""
    if values:
        return url_for(endpoint, **values)
    known = current_app.extensions.setdefault("addresses", {})
    if endpoint not in known:
        known[endpoint] = url_for(endpoint)
    return known[endpoint]


def absolute(address: str) -> str:
    """The full public address of a page: from BASE_URL, never from what a request calls its host."""
    return current_app.config["SETTINGS"].base_url + address


def here() -> str:
    """The address of the page at hand on this board, with its query."""
    return request.full_path.rstrip("?")


class Told(NamedTuple):
    """A moment in the three ways that a page tells it: for machines, in Japan, and as long ago as it is."""

    iso: str
    jst: str
    ago: str


def told(moment: datetime) -> Told:
    """A moment as the page at hand tells it."""
    if "tell" not in g:
        g.tell = teller()
    return g.tell(moment)


def teller() -> Callable[[datetime], Told]:
    """`told` for many moments: language and time are looked up once."""
    language, present = current_language(), now()

    def tell(moment: datetime) -> Told:
        return Told(moments.iso(moment), moments.in_japan(moment, language), _ago(moment, present, language))

    return tell


def jst(moment: datetime) -> str:
    """The moment in Japan, in full and in the reader's language."""
    return moments.in_japan(moment, current_language())


def _ago(moment: datetime, present: datetime, language: str) -> str:
    """'3 hours ago' within a week, later the date in Japan. The page is noted to read so until the number grows."""
    passed_s = (present - moment).total_seconds()
    if passed_s >= WEEK_S:
        return moments.short(moments.day_in_japan(moment), language)
    unit_s = next((unit_s for unit_s in (DAY_S, HOUR_S, MINUTE_S) if passed_s >= unit_s), MINUTE_S)
    count = max(0, int(passed_s // unit_s))
    right_until(moment.timestamp() + (count + 1) * unit_s)
    if passed_s < MINUTE_S:
        return _("just now")
    if unit_s == MINUTE_S:
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", count)
    if unit_s == HOUR_S:
        return ngettext("%(num)d hour ago", "%(num)d hours ago", count)
    return ngettext("%(num)d day ago", "%(num)d days ago", count)
