"""The one door that every text passes before it is public: examine it, judge it once, keep the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts.models import User
from forum.screening import banding, counting, gathering, mailboxes, rules, services, textmodel
from forum.screening.counting import Kept
from forum.screening.examined import Examined, unread
from forum.screening.models import Decision, Kind, Screening
from forum.screening.origins import Origin
from forum.screening.services import Question
from forum.spam.judging import Knowledge, Outcome, Standing, Submission, Verdict, judge, read
from forum.statements import Source, Statement
from forum.text.languages import language_of
from forum.threads.models import Post, Thread

# Below and above, an outside service could hardly turn the verdict, and nothing of the author leaves the board.
UNCERTAIN_FROM, UNCERTAIN_TO = 0.1, 0.9
# Who passes in any case is not asked about.
ASKED_ABOUT = (Standing.NEWCOMER, Standing.KNOWN)

_SEEN = Statement(
    sa.select(
        *textmodel.MARK,
        sa.select(sa.func.max(Screening.id)).scalar_subquery(),
        sa.select(User.email).where(User.id == sa.bindparam("viewer_id")).scalar_subquery(),
    )
)
_STORE = Statement(sa.insert(Screening).returning(Screening.id))


def examine(
    source: Source,
    viewer: Viewer,
    submission: Submission,
    now: datetime,
    origin: Origin | None = None,
    post_id: int | None = None,
) -> Examined:
    """Find out about a text what takes time, before the transaction in which it is judged; raises nothing.

    About a millisecond, three statements, and what `textmodel.learnt` has to catch up. With outside services switched
    on, the statements of `screen` too, to see whether the board's own evidence leaves it uncertain; only then one is
    asked, for up to two seconds more. `post_id` names the post that the text is a new version of.
    """
    *mark, newest_id, mail = _SEEN.one(source, {"viewer_id": viewer.id})
    learnt, plain, origin = textmodel.learnt(mark), unread(submission), origin or Origin()
    by_shadow = read(submission, learnt.shadow)
    examined = replace(
        plain,
        weights=learnt.weights,
        policy=learnt.policy,
        reading=read(submission, learnt.model),
        shadow_probability=by_shadow and by_shadow.probability,
        newest_id=newest_id or 0,
        near=gathering.near_texts(source, plain.bands, plain.shingles),
        rules=rules.matching(learnt.criteria, plain.text, plain.sites),
        is_mail_disposable=mailboxes.is_disposable(mail or ""),
        origin=origin,
        neighbours=gathering.neighbours(source, viewer, origin.network, now),
    )
    if services.are_on() and _is_uncertain(_judged(source, viewer, examined, now, post_id)):
        return _with_opinions(examined, mail or "")
    return examined


def screen(
    source: Source, viewer: Viewer, examined: Examined, now: datetime, *, post_id: int | None = None
) -> Verdict:
    """What the board makes of a text that the viewer wants to publish; raises nothing.

    It is judged by the weights and the policy of when it was examined. One statement, and one each for a text that may
    be a near copy and for one with links. `post_id` names the post that the text is a new version of:
    its own earlier versions do not make it a repetition.
    """
    return _judged(source, viewer, examined, now, post_id)


def keep(
    source: Source,
    author_id: int,
    examined: Examined,
    verdict: Verdict,
    now: datetime,
    **about: int | None,
) -> Kept:
    """Store a verdict with all that it rests on; a held text waits for a decision. One INSERT, and up to four more
    statements: for what it is found again by, for its author's record and for its sites.

    `about` names what was screened: `post_id`, with `revision_id` for an edit, or `profile_change_id`.
    """
    kept = _store(source, author_id, examined, verdict, now, **about)
    counting.begin(source, kept, now)
    if banding.is_kept_from_start(kept):
        banding.add(source, kept.id, examined.bands)
    return kept


def keep_waiting(
    source: Source, author_id: int, examined: Examined, verdict: Verdict, now: datetime, *, post_id: int
) -> Kept:
    """Store the verdict on the new text of a post that goes on waiting, whatever the verdict is."""
    return keep(source, author_id, examined, replace(verdict, outcome=Outcome.HELD), now, post_id=post_id)


def of_public_post(session: Session, post_id: int, now: datetime) -> Screening:
    """The screening of a post's present public version.

    A post that came by import or as demo never was screened; it gets a row now, so that a moderator's decision about it
    has something to teach the filter with.
    """
    was_public = sa.or_(Screening.outcome == Outcome.PUBLISHED, Screening.decision == Decision.APPROVED)
    newest = sa.select(Screening).where(Screening.post_id == post_id, was_public)
    row = session.scalars(newest.order_by(Screening.id.desc()).limit(1)).first()
    return row or _unscreened(session, post_id, now)


def withdraw(session: Session, post_id: int) -> None:
    """Take a post's waiting texts out of the queue, because their author took them back or sent newer ones."""
    waiting = sa.update(Screening).where(Screening.post_id == post_id, Screening.decision == Decision.PENDING)
    session.execute(waiting.values(decision=Decision.WITHDRAWN))


def _judged(
    source: Source, viewer: Viewer, examined: Examined, now: datetime, post_id: int | None
) -> Verdict:
    traffic = gathering.traffic(source, viewer, examined.mark, post_id, now)
    approved_near, rejected_near = examined.neighbours
    knowledge = Knowledge(
        reading=examined.reading,
        record=gathering.record_of(viewer, now, is_mail_disposable=examined.is_mail_disposable),
        same_text_rejected=traffic.same_rejected,
        same_text_elsewhere=traffic.same_elsewhere,
        copies=gathering.copies(source, viewer, examined, post_id, traffic.newest_id),
        sites=gathering.site_records(source, examined.sites, now),
        recent_posts=traffic.recent_posts,
        newcomers_texts=traffic.newcomers_texts,
        neighbours_approved=approved_near,
        neighbours_rejected=rejected_near,
        rules=tuple((rule.kind, rule.pattern) for rule in examined.rules if rule.is_live),
        opinions={said.service: said.value for said in examined.opinions if not said.is_failed},
        silent_services=tuple(said.service for said in examined.opinions if said.is_failed),
    )
    return judge(examined.submission, knowledge, examined.weights, examined.policy)


def _is_uncertain(verdict: Verdict) -> bool:
    return verdict.standing in ASKED_ABOUT and UNCERTAIN_FROM < verdict.probability < UNCERTAIN_TO


def _with_opinions(examined: Examined, mail: str) -> Examined:
    """The same with what outside services say."""
    submission, origin = examined.submission, examined.origin
    question = Question(
        address=origin.address,
        text="\n\n".join(part for part in (submission.title, submission.body) if part),
        kind=submission.kind,
        author_name=submission.author_name,
        user_agent=origin.user_agent,
        referrer=origin.referrer,
        lang=language_of(submission.body),
        mail_address=mail,
    )
    return replace(examined, opinions=services.opinions(question), asked=services.to_keep(question))


def _unscreened(session: Session, post_id: int, now: datetime) -> Screening:
    query = sa.select(Post.author_id, Post.body, Post.is_opening, Thread.title).join(
        Thread, Thread.id == Post.thread_id
    )
    post = session.execute(query.where(Post.id == post_id)).one()
    submission = Submission(
        kind=Kind.THREAD if post.is_opening else Kind.REPLY,
        title=post.title if post.is_opening else "",
        body=post.body,
    )
    # It counted towards its author's record when it came, so it is only stored.
    verdict = Verdict(Outcome.PUBLISHED, 0.0, ())
    kept = _store(session, post.author_id, unread(submission), verdict, now, post_id=post_id)
    return session.get_one(Screening, kept.id)


def _store(
    source: Source,
    author_id: int,
    examined: Examined,
    verdict: Verdict,
    now: datetime,
    **about: int | None,
) -> Kept:
    reasons = [
        {"code": reason.code, "weight": reason.weight, "detail": reason.detail} for reason in verdict.reasons
    ]
    row = {
        "kind": examined.submission.kind,
        "author_id": author_id,
        "text": examined.text,
        "fingerprint": examined.mark,
        "outcome": verdict.outcome,
        "probability": verdict.probability,
        "reasons": reasons,
        "decision": Decision.PENDING if verdict.outcome == Outcome.HELD else Decision.NONE,
        "standing": verdict.standing,
        "signals": dict(verdict.values),
        "hosts": examined.sites,
        "network": examined.origin.network,
        "shadow_probability": examined.shadow_probability,
        "rules": [rule.rule_id for rule in examined.rules],
        "asked": examined.asked,
        "created_at": now,
        **about,
    }
    return Kept(
        _STORE.one(source, row).id,
        examined.submission.kind,
        author_id,
        verdict.outcome,
        verdict.standing,
        examined.sites,
        tuple(reasons),
    )
