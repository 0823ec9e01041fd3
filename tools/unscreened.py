"""The board without its filter, for one question only: what does screening cost?  `gunicorn tools.unscreened:app`.

Nothing imports this, and nothing of it is an option of the board: each text is published without being read or kept.
"""

from types import SimpleNamespace
from typing import Any

from forum.screening import asking
from forum.screening.examined import Examined, unread
from forum.spam.judging import Outcome, Submission, Verdict


def _examine(_session: Any, _viewer: Any, submission: Submission, *_rest: Any) -> Examined:
    return unread(submission)


def _screen(*_given: Any, **_about: Any) -> Verdict:
    return Verdict(Outcome.PUBLISHED, 0.0, ())


def _keep(*_given: Any, **_about: Any) -> Any:
    return SimpleNamespace(reasons=[])


asking.examine, asking.screen, asking.keep = _examine, _screen, _keep

from wsgi import app  # noqa: E402, F401 - made after the filter is gone
