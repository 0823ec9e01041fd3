"""Changing the filter: thresholds, rules and models. Moderators look, admins change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from forum.access import Viewer, require_admin
from forum.screening import policies, rules, versions
from forum.screening.models import ModelState, RuleState
from forum.screening.rules import RuleKind
from forum.spam.judging import Policy

STEERING = {
    ModelState.LIVE: versions.adopt,
    ModelState.SHADOW: versions.watch,
    ModelState.RETIRED: versions.end_trial,
}


def choose_policy(session: Session, viewer: Viewer, policy: Policy, seen_id: int, now: datetime) -> None:
    """Let thresholds count. Raises NotFound, Forbidden, Invalid, and Conflict when somebody was faster."""
    require_admin(viewer)
    policies.choose(session, policy, viewer.id, seen_id, now)


def add_rule(session: Session, viewer: Viewer, kind: RuleKind, pattern: str, now: datetime) -> None:
    """Begin a rule, in shadow. Raises NotFound, Forbidden or Invalid."""
    require_admin(viewer)
    rules.add(session, kind, pattern, viewer.id, now)


def steer_rule(session: Session, viewer: Viewer, rule_id: int, state: RuleState, now: datetime) -> None:
    """Let a rule count, only watch, or end. Raises NotFound, Forbidden or Conflict."""
    require_admin(viewer)
    rules.steer(session, rule_id, state, viewer.id, now)


def steer_model(session: Session, viewer: Viewer, version_id: int, state: ModelState, now: datetime) -> None:
    """Let a version decide, run in shadow, or rest. Raises NotFound, Forbidden, Conflict or Invalid."""
    require_admin(viewer)
    STEERING[state](session, version_id, viewer.id, now)
