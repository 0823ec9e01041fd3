"""Akismet, by the package of that name: asked about a text, and told what moderators decide.

https://akismet.com/developers/detailed-docs/comment-check/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from akismet import USER_AGENT, AkismetArguments, CheckResponse, Config, SyncClient

from forum.screening.models import Kind
from forum.screening.outbound import client_for
from forum.screening.questions import Question
from forum.settings import Settings

# "Good" is its answer to all that it does not know, so that speaks half as loud.
VALUES = {CheckResponse.HAM: -0.5, CheckResponse.SPAM: 1.0, CheckResponse.DISCARD: 2.0}
COMMENT_TYPES: Mapping[str, str] = {Kind.REPLY: "reply", Kind.PROFILE: "signup"}


class Akismet:
    """Has an opinion about a text, and learns from decisions."""

    name = "akismet"

    def __init__(self, settings: Settings) -> None:
        self._config = Config(settings.akismet_key, settings.base_url)
        self._endpoint = settings.akismet_url

    def opinion(self, question: Question) -> float:
        """One request. Raises httpx's and the package's errors."""
        with client_for(self._endpoint, USER_AGENT) as http:
            answer = SyncClient(self._config, http).comment_check(question.address, **_arguments(question))
        return VALUES[answer]

    def tell(self, question: Question, is_spam: bool) -> None:  # noqa: FBT001 - the decision
        """One request, that holds what was asked before. Raises when it was not taken."""
        with client_for(self._endpoint, USER_AGENT) as http:
            client = SyncClient(self._config, http)
            submit = client.submit_spam if is_spam else client.submit_ham
            submit(question.address, **_arguments(question))


def _arguments(question: Question) -> AkismetArguments:
    """What is known: an empty field would say that it was left empty, a missing one says nothing."""
    arguments = {
        "blog_charset": "UTF-8",
        "blog_lang": question.lang,
        "comment_author": question.author_name,
        "comment_author_email": question.mail_address,
        "comment_content": question.text,
        "comment_type": COMMENT_TYPES.get(question.kind, "forum-post"),
        "recheck_reason": "edit" if question.kind == Kind.EDIT else "",
        "referrer": question.referrer,
        "user_agent": question.user_agent,
    }
    return cast("AkismetArguments", {name: value for name, value in arguments.items() if value})
