"""What waits for the moderators of the demo, so that their queue is not empty at first sight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from forum.access import Viewer
from forum.accounts.models import User
from forum.demo import people, posts
from forum.moderation.models import Report
from forum.screening import asking
from forum.screening.models import Kind
from forum.spam.judging import Submission
from forum.text import names
from forum.text.rendering import render
from forum.threads.models import Post


def add(session: Session, queue: Mapping[str, Any], thread_ids: Mapping[str, int], now: datetime) -> None:
    """Newcomers' replies that are held whatever the filter would decide, with its reasons, and members' reports."""
    people.add_members(session, queue["newcomer"], now)
    for reply in queue["waiting"]:
        author = _member(session, reply["author"])
        at = now - timedelta(hours=reply["hours_ago"])
        post = posts.new_post(thread_ids[reply["thread"]], author.id, reply["body"], at, {})
        session.add(post)
        session.flush()
        _hold(session, author, post.id, reply, at)
    for report in queue["report"]:
        session.add(
            Report(
                post_id=_post_id(session, thread_ids[report["thread"]], report["number"]),
                reporter_id=_member(session, report["reporter"]).id,
                reason=report["reason"],
                note=report["note"],
                created_at=now - timedelta(hours=report["hours_ago"]),
            )
        )


def _hold(session: Session, author: User, post_id: int, reply: Mapping[str, Any], at: datetime) -> None:
    viewer = Viewer(
        id=author.id, name=author.name, role=author.role, joined_at=author.joined_at, is_confirmed=True
    )
    links = tuple(link.url for link in render(reply["body"]).links)
    submission = Submission(
        Kind.REPLY, reply["body"], author_name=author.name, links=links, form_age_s=reply["form_age_s"]
    )
    examined = asking.examine(session, viewer, submission, at)
    verdict = asking.screen(session, viewer, examined, at)
    asking.keep_waiting(session, author.id, examined, verdict, at, post_id=post_id)


def _member(session: Session, name: str) -> User:
    return session.scalars(sa.select(User).where(User.name_key == names.key(name))).one()


def _post_id(session: Session, thread_id: int, number: int) -> int:
    return session.scalars(sa.select(Post.id).where(Post.thread_id == thread_id, Post.number == number)).one()
