"""How much each piece of evidence weighs: chosen by hand at first, then moved by what moderators decide.

The log-odds of a piece of evidence are its value times the weight of its code, and their sum is the log-odds of spam.
What is learnt are whole-number steps, as in the text model: workers that apply the same lessons in any order hold the
same weights, and the opposite step takes a lesson back exactly. The weight of the text, and that of the base, whose
value is always 1, are the slope and the offset of Platt scaling: they keep the probability honest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import exp
from types import MappingProxyType

# The weight before any lesson, in log-odds for the value 1. Positive speaks for spam.
PRIORS: Mapping[str, float] = MappingProxyType(
    {
        "base": 0.0,
        # The text model is calibrated on texts that it has not seen.
        "text": 1.0,
        # People don't see the trap; a form filler or a screen reader's user may rarely fill it.
        "trap": 4.0,
        # A page kept open over a restart, or a script.
        "no_form": 1.5,
        # Nobody reads a form and answers it in under two seconds.
        "quick_form": 2.5,
        # Robots paste, and so do people who write long posts elsewhere.
        "pasted": 0.3,
        # Moderators judged this very text; a second time, whose value is higher, leaves no doubt.
        "rejected_before": 3.5,
        # A word changed here and there is what a program does that knows of filters.
        "near_rejected": 3.5,
        # The other one may yet be approved.
        "near_waiting": 1.5,
        # The same question in two boards is a beginner's habit, the same text in three is a campaign.
        "repeated": 1.2,
        "campaign": 3.0,
        # A link that comes by an edit is what a sleeper waits for: the first reading is over.
        "added_links": 2.5,
        # People mend their posts on the day; a sleeper waits until nobody looks.
        "late_links": 1.0,
        # Two links answer a question; from the fourth on it is a list.
        "many_links": 1.0,
        # The values are log-odds already. A site that a hundred good posts linked to lends its name to bad ones, too.
        "site_rejected": 1.0,
        "site_approved": -0.5,
        # Each good site was linked to for the first time, once.
        "site_unknown": 0.4,
        # Hides where it leads; phones make such links for people who don't know it.
        "shortener": 0.8,
        # Who takes up the thread's words has read it; nine in ten flattering robots take up none, three in ten honest
        # replies (docs/spam-filter.md). Robots learn to copy words, so that more of them say no more.
        "on_topic": -1.4,
        "off_topic": 1.0,
        "stock_praise": 1.2,
        # People settle in with a few posts; more than eight in an hour is a race. Its value counts those above.
        "pace": 0.25,
        # New members come together in August; still more so do the accounts of one robot.
        "burst": 0.4,
        # A robot posts on the day it joins, and so does somebody with a question.
        "fresh": 0.2,
        "unconfirmed": 0.7,
        # Thrown away after use; some people just don't like to be written to.
        "disposable_mail": 1.0,
        # The value is log-odds. A school's network carries good and bad, so that a neighbour's fault counts half.
        "network": 0.5,
        "rejections": 0.8,
        # The value counts doublings: one, three, seven approved texts halve the odds of spam over and over.
        "good_record": -0.693,
        # They see the whole web and not this board.
        "akismet": 2.0,
        "stopforumspam": 1.5,
    }
)
# What decides without weighing anything.
UNWEIGHED = frozenset({"no_model", "rule_phrase", "rule_site", "service_down"})

WEIGHT_ONE = 1 << 20
# A decision that was half wrong moves the weight of evidence of value 1 by a hundredth: one angry evening changes
# little, a year of decisions changes what has to change.
RATE = 0.02
# Decisions are made about what was held, which is no fair sample, so that they can't turn a weight round, nor more than
# triple it, nor move the base further than this.
MOST_GROWTH = 3.0
MOST_BASE = 2.0
# Beyond this the probability says no more than "sure": 1 in 160,000.
MOST_LOG_ODDS = 12.0


class Weights:
    """The weight of each code as learnt so far. Not safe for two threads that write."""

    def __init__(self, learnt: Mapping[str, int] | None = None) -> None:
        self._learnt = Counter(learnt)
        self._in_use: dict[str, float] | None = None

    def copy(self) -> Weights:
        """Weights of their own that learnt the same."""
        return Weights(self._learnt)

    def learnt(self) -> dict[str, int]:
        """The sum of all steps, by code: what `Weights` begins with."""
        return dict(self._learnt)

    def of(self, code: str) -> float:
        """The weight in use: log-odds for the value 1; 0 for a code that doesn't weigh or is unknown."""
        in_use = self._in_use
        if in_use is None:
            in_use = self._in_use = {
                known: _bounded(prior, self._learnt[known] / WEIGHT_ONE) for known, prior in PRIORS.items()
            }
        return in_use.get(code, 0.0)

    def log_odds(self, code: str, value: float) -> float:
        """What a piece of evidence adds to the log-odds of spam."""
        return self.of(code) * value

    def probability(self, values: Mapping[str, float]) -> float:
        """How likely spam is, 0 to 1 and never quite either, by the values of all evidence."""
        # In one order, because sums of fractions depend on it.
        total = sum(self.log_odds(code, values[code]) for code in sorted(values))
        return 1 / (1 + exp(-max(-MOST_LOG_ODDS, min(MOST_LOG_ODDS, total))))

    def steps(self, values: Mapping[str, float], is_spam: bool) -> dict[str, int]:  # noqa: FBT001 - the label
        """The lesson "such evidence was (not) spam", from what is believed now: the step of each code but zeros."""
        error = is_spam - self.probability(values)
        steps = {
            code: round(RATE * error * values[code] * WEIGHT_ONE) for code in PRIORS.keys() & values.keys()
        }
        return {code: steps[code] for code in sorted(steps) if steps[code]}

    def apply(self, steps: Mapping[str, int]) -> None:
        """Take a lesson in; the opposite steps take it back exactly, whatever was learnt in between."""
        self._learnt.update(steps)
        self._in_use = None


def _bounded(prior: float, learnt: float) -> float:
    """What was learnt beyond the bounds is kept, so that lessons can be taken back in any order, but is not used."""
    low, high = sorted((0.0, MOST_GROWTH * prior)) if prior else (-MOST_BASE, MOST_BASE)
    return max(low, min(high, prior + learnt))
