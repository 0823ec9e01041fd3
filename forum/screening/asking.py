"""The one door that every text passes before it is public: gather what is known, judge once, keep the verdict."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts.models import User
from forum.screening import textmodel
from forum.screening.models import RECORDED, Decision, Kind, Screening
from forum.spam.fingerprints import fingerprint
from forum.spam.judging import Knowledge, Outcome, Record, Submission, Verdict, judge, text_of
from forum.threads.models import Post, Thread

# The same words again within a week are a campaign or a double post; after that, people do say the same things.
REPEAT_WINDOW = timedelta(days=7)
PACE_WINDOW = timedelta(hours=1)


def screen(
    session: Session, viewer: Viewer, submission: Submission, now: datetime, *, post_id: int | None = None
) -> Verdict:
    """What the board makes of a text that the viewer wants to publish. Three statements; raises nothing.

    `post_id` names the post that the text is a new version of: its own earlier versions do not make it a repetition.
    """
    age = now - viewer.joined_at if viewer.joined_at else timedelta()
    rejected, elsewhere = _repeats(session, _mark(submission), post_id, now)
    return judge(
        submission,
        Knowledge(
            model=textmodel.current(),
            record=Record(
                age_s=age.total_seconds(),
                approved=viewer.approved_count,
                rejected=viewer.rejected_count,
                is_staff=viewer.is_staff,
                is_confirmed=viewer.is_confirmed,
            ),
            same_text_rejected=rejected,
            same_text_elsewhere=elsewhere,
            recent_posts=_pace(session, viewer, now),
        ),
    )


def keep(
    session: Session,
    author_id: int,
    submission: Submission,
    verdict: Verdict,
    now: datetime,
    **about: int | None,
) -> Screening:
    """Store a verdict with its reasons; a held text waits for a decision. One INSERT, and one UPDATE if published.

    `about` names what was screened: `post_id`, with `revision_id` for an edit, or `profile_change_id`.
    """
    row = _store(session, author_id, submission, verdict, now, **about)
    if verdict.outcome == Outcome.PUBLISHED and submission.kind in RECORDED:
        session.execute(
            sa.update(User).where(User.id == author_id).values(approved_count=User.approved_count + 1)
        )
    return row


def keep_waiting(
    session: Session, author_id: int, submission: Submission, verdict: Verdict, now: datetime, *, post_id: int
) -> Screening:
    """Store the verdict on the new text of a post that goes on waiting, whatever the verdict is."""
    return keep(session, author_id, submission, replace(verdict, outcome=Outcome.HELD), now, post_id=post_id)


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


def _mark(submission: Submission) -> int:
    """What two texts share that say the same; the name is left out, since a campaign writes under many."""
    return fingerprint(f"{submission.title}\n{submission.body}")


def _repeats(session: Session, mark: int, post_id: int | None, now: datetime) -> tuple[int, int]:
    rejected = Screening.decision == Decision.SPAM
    elsewhere = sa.and_(
        Screening.created_at > now - REPEAT_WINDOW,
        Screening.outcome != Outcome.REFUSED,
        Screening.decision != Decision.WITHDRAWN,
        Screening.post_id.is_distinct_from(post_id) if post_id is not None else sa.true(),
    )
    query = sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((rejected, 1), else_=0)), 0),
        sa.func.coalesce(sa.func.sum(sa.case((sa.and_(~rejected, elsewhere), 1), else_=0)), 0),
    ).where(Screening.fingerprint == mark)
    row = session.execute(query).one()
    return row[0], row[1]


def _pace(session: Session, viewer: Viewer, now: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        Screening.author_id == viewer.id, Screening.created_at > now - PACE_WINDOW
    )
    return session.scalar(query) or 0


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
    return _store(session, post.author_id, submission, verdict, now, post_id=post_id)


def _store(
    session: Session,
    author_id: int,
    submission: Submission,
    verdict: Verdict,
    now: datetime,
    **about: int | None,
) -> Screening:
    row = Screening(
        kind=submission.kind,
        author_id=author_id,
        text=text_of(submission),
        fingerprint=_mark(submission),
        outcome=verdict.outcome,
        probability=verdict.probability,
        reasons=[asdict(reason) for reason in verdict.reasons],
        decision=Decision.PENDING if verdict.outcome == Outcome.HELD else Decision.NONE,
        created_at=now,
        **about,
    )
    session.add(row)
    session.flush()
    return row
