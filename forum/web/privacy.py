"""What the board does with people's texts and addresses, told on a page and beside each form that publishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Flask, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from forum.screening import services
from forum.screening.origins import NETWORK_KEPT
from forum.screening.tidying import BANDS_KEPT, REJECTED_BANDS_KEPT
from forum.web.keeping import kept

POLICIES = {
    "akismet": ("Akismet", "https://automattic.com/privacy/"),
    "stopforumspam": ("StopForumSpam", "https://www.stopforumspam.com/privacy"),
}

blueprint = Blueprint("privacy", __name__)


def init(app: Flask) -> None:
    """Add the page, and let forms say what is sent where."""
    app.register_blueprint(blueprint)
    app.add_template_global(told_to_services)


@dataclass(frozen=True, slots=True)
class Outsider:
    """A service that may be asked: its name, its own policy, and what it is told."""

    name: str
    policy_url: str
    told: str


@blueprint.get("/privacy")
@kept()
def privacy() -> str:
    """How texts are screened, what is kept of it, for how long, and who sees it."""
    return render_template(
        "privacy.html",
        outsiders=[Outsider(*POLICIES[name], told=_told(name)) for name in services.names()],
        wants_decisions=services.want_decisions(),
        days={
            "network": _days(NETWORK_KEPT),
            "copies": _days(BANDS_KEPT),
            "rejected_copies": _days(REJECTED_BANDS_KEPT),
            "asked": _days(services.ASKED_KEPT),
        },
    )


def told_to_services() -> list[str]:
    """A sentence for each service that is on; empty where nobody is asked."""
    return [_told(name) for name in services.names()]


def _told(name: str) -> str:
    mail = services.sends_mail()
    if name == "akismet" and mail:
        return _(
            "Akismet gets the text, the page it was sent from, your name, mail address, internet address and browser."
        )
    if name == "akismet":
        return _("Akismet gets the text, the page it was sent from, your name, internet address and browser.")
    if mail:
        return _("StopForumSpam gets your internet address and a hash of your mail address.")
    return _("StopForumSpam gets your internet address.")


def _days(kept: timedelta) -> str:
    return ngettext("%(num)d day", "%(num)d days", kept // timedelta(days=1))
