"""StopForumSpam: one GET that tells whether an address on the network is known for spam.

https://www.stopforumspam.com/usage
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

from forum.screening.outbound import client_for
from forum.screening.questions import Question
from forum.settings import Settings

FIELDS = ("ip", "emailhash")


class StopForumSpam:
    """Has an opinion about a network address and, where that is allowed, about the hash of a mail address."""

    name = "stopforumspam"

    def __init__(self, settings: Settings) -> None:
        self._endpoint = settings.stopforumspam_url

    def opinion(self, question: Question) -> float:
        """The confidence that spam comes from there, 0 to 1; 0 for an unknown one. One request; raises httpx's errors.

        The user name is not asked about: people share names with spammers all the time.
        """
        asked = {"ip": question.address, "json": "", "confidence": ""}
        if question.mail_address:
            # That service knows mail addresses by this hash, so the address itself stays here.
            mail = question.mail_address.strip().lower().encode()
            asked["emailhash"] = hashlib.md5(mail, usedforsecurity=False).hexdigest()
        with client_for(self._endpoint, "Engawa") as http:
            answer = http.get("/api", params=asked).raise_for_status().json()
        return _confidence(answer)


def _confidence(answer: Any) -> float:
    """Of an address on the list as a share; raises ValueError for what is no answer."""
    if not isinstance(answer, dict) or answer.get("success") != 1:
        raise ValueError("not an answer")
    found = [answer[name] for name in FIELDS if isinstance(answer.get(name), dict)]
    if not found:
        raise ValueError("nothing was looked up")
    shares = [float(entry.get("confidence") or 0) / 100 for entry in found if entry.get("appears")]
    if not all(map(math.isfinite, shares)):
        raise ValueError("not a number")
    return min(1.0, max([0.0, *shares]))
