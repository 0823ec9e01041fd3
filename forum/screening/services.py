"""Outside services that the filter may ask when it is unsure: Akismet and StopForumSpam, both off by default.

`opinions` is called before a transaction, since it waits for the network. What moderators decide goes back to the
service through rows that `forum.screening.telling` sends after the commit.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from forum.screening.models import Screening, ServiceReport
from forum.screening.origins import is_public
from forum.screening.questions import Opinion, Question
from forum.settings import Settings

__all__ = [
    "ASKED_KEPT",
    "IS_WAITING",
    "Opinion",
    "Question",
    "are_on",
    "decided",
    "init",
    "names",
    "opinions",
    "sends_mail",
    "tell",
    "to_keep",
    "want_decisions",
]

log = logging.getLogger(__name__)

# All services together may keep a writer waiting for this long; people take a longer pause for a fault.
LIMIT_S = 2.0
# Threads that wait for services. When all of them hang, further questions fail at once after the limit.
MOST_WAITING = 8
# A moderator rarely changes a decision after a month, and the address of the sender goes with this.
ASKED_KEPT = timedelta(days=30)
# Of a report: its service has not been told, and still is to be.
IS_WAITING = sa.and_(ServiceReport.sent_at.is_(None), ServiceReport.given_up_at.is_(None))


class Service(Protocol):
    """A service that has an opinion about a question."""

    name: str

    def opinion(self, question: Question) -> float:
        """As `Opinion.value`. May raise anything."""
        ...


class Listener(Protocol):
    """A service that learns from what moderators decide."""

    def tell(self, question: Question, is_spam: bool) -> None:  # noqa: FBT001 - the decision
        """Raises anything when it was not told."""
        ...


@dataclass(frozen=True)
class _Panel:
    services: tuple[Service, ...] = ()
    listener: Listener | None = None
    sends_mail: bool = False
    # Its threads begin with the first question, so that none is there before a server forks.
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST_WAITING, "services"))


def init(app: Flask, settings: Settings) -> None:
    """Seat the services that the operator has switched on."""
    app.extensions["outside_services"] = _panel_of(settings)


def are_on() -> bool:
    """Whether any service may be asked."""
    return bool(_panel().services)


def want_decisions() -> bool:
    """Whether a service learns from what moderators decide."""
    return _panel().listener is not None


def names() -> tuple[str, ...]:
    """The services that may be asked, for the visitors to be told: "akismet", "stopforumspam"."""
    return tuple(service.name for service in _panel().services)


def sends_mail() -> bool:
    """Whether mail addresses go out with questions."""
    return _panel().sends_mail


def opinions(question: Question) -> tuple[Opinion, ...]:
    """What each service says, in at most two seconds for all of them; never raises. Nothing when none can be asked."""
    panel = _panel()
    if not is_public(question.address):
        return ()
    question = _allowed(question, panel)
    asked = {service.name: panel.pool.submit(service.opinion, question) for service in panel.services}
    wait(asked.values(), timeout=LIMIT_S)
    return tuple(_answer(name, future) for name, future in asked.items())


def to_keep(question: Question) -> dict[str, str] | None:
    """What `Screening.asked` keeps of a question, to tell the decision about it; None when nobody wants to hear it."""
    if not want_decisions() or not is_public(question.address):
        return None
    return {name: value for name, value in asdict(_allowed(question, _panel())).items() if value}


def decided(session: Session, screening: Screening, is_spam: bool | None, now: datetime) -> None:  # noqa: FBT001
    """Note what a moderator's decision makes of a text, for its service to be told after the commit.

    `is_spam` is what stands now; None when a decision was taken back and none stands. At most four statements for a
    text that a service was asked about, else none.
    """
    if screening.asked is None or not want_decisions():
        return
    of_text = ServiceReport.screening_id == screening.id
    maybe_told = sa.select(ServiceReport.is_spam).where(of_text, ServiceReport.tries > 0)
    last_told = session.scalar(maybe_told.order_by(ServiceReport.id.desc()).limit(1))
    session.execute(sa.delete(ServiceReport).where(of_text, IS_WAITING, ServiceReport.tries == 0))
    session.execute(sa.update(ServiceReport).where(of_text, IS_WAITING).values(given_up_at=now))
    if is_spam is None and last_told:
        # Services know no "never mind". Who was called a spammer by mistake is cleared; a text that only waits again
        # is not accused before somebody decides.
        is_spam = False
    if is_spam is not None:
        session.add(ServiceReport(screening_id=screening.id, is_spam=is_spam, created_at=now))
        session.flush()


def tell(asked: Mapping[str, str], is_spam: bool) -> None:  # noqa: FBT001 - the decision
    """Tell the service that was asked what was decided. Waits for the network; raises anything when it was not told."""
    panel = _panel()
    if panel.listener:
        panel.listener.tell(_allowed(Question(**asked), panel), is_spam)


def _panel_of(settings: Settings) -> _Panel:
    services: list[Service] = []
    listener = None
    # What no board needs unless it asks is imported only then: the HTTP client and its certificates weigh 7 MiB.
    if settings.akismet_key:
        from forum.screening.akismet import Akismet  # noqa: PLC0415

        services.append(listener := Akismet(settings))
    if settings.stopforumspam:
        from forum.screening.stopforumspam import StopForumSpam  # noqa: PLC0415

        services.append(StopForumSpam(settings))
    return _Panel(tuple(services), listener, settings.services_send_mail)


def _panel() -> _Panel:
    return current_app.extensions["outside_services"]


def _allowed(question: Question, panel: _Panel) -> Question:
    return question if panel.sends_mail else replace(question, mail_address="")


def _answer(name: str, future: Future[float]) -> Opinion:
    if future.cancel() or not future.done():
        log.warning("service too slow", extra={"service": name, "limit_s": LIMIT_S})
        return Opinion(name, is_failed=True)
    if (error := future.exception()) is not None:
        # Not its message, which may hold what was sent.
        log.warning("service failed", extra={"service": name, "reason": type(error).__name__})
        return Opinion(name, is_failed=True)
    return Opinion(name, future.result())
