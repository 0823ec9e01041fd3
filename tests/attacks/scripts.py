"""Each attack once, as a function of the stage that returns what came of it: tests assert that, and `make bench-spam`
prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.attacks import texts
from tests.attacks.stage import Counts, Fate, Person, Sent, Stage

ROBOTS, COPIES = 10, 50
# Twenty seconds between two texts of a robot's ten accounts: 17 minutes for all.
PAUSE_S = 20.0
DAY_S = 86_400.0
ADVERTISEMENT = texts.BLUNT.format(site="bonus.example")
QUIET_LINK = "More about it: http://pipes-and-heaters.example/offer"

Attack = Callable[[Stage], Counts]


def near_copies(stage: Stage, template: str) -> Counts:
    """50 near-copies from 10 fresh accounts, no moderator awake."""
    counts, robots = Counts(), _robots(stage)
    for number in range(COPIES):
        counts.bad(_copy(robots, template, number).fate)
    return counts


def near_copies_after_rejection(stage: Stage, template: str) -> Counts:
    """50 near-copies from 10 fresh accounts, the first one rejected."""
    counts, robots = Counts(), _robots(stage)
    first = _copy(robots, template, COPIES)
    stage.decide(f"/p/{first.post_id}", "spam")
    for number in range(COPIES):
        counts.bad(_copy(robots, template, number).fate)
    return counts


def stolen_account(stage: Stage, approved: int) -> Counts:
    """A stolen trusted account: spam, which a moderator rejects, then copies of that, then its owner's own posts."""
    counts = Counts()
    veteran = stage.member("Veteran", approved_count=approved)
    first = veteran.reply(texts.SLY_ENGLISH.format(site="office.example"))
    counts.bad(first.fate)
    stage.decide(f"/p/{first.post_id}", "spam")
    counts.bad(veteran.reply(texts.SLY_ENGLISH.format(site="office.example")).fate)
    for number in range(COPIES // 5):
        counts.bad(veteran.reply(texts.near_copy(texts.SLY_ENGLISH, number)).fate)
    stage.clock.shift(DAY_S)
    for text in texts.OWNERS_POSTS:
        counts.good(text, veteran.reply(text).fate)
    return counts


def sleeper(stage: Stage, addition: str, posts: int) -> Counts:
    """A sleeper: some harmless posts, and a week later an edit that brings a link into the last."""
    counts = Counts()
    nana = stage.newcomer("Nana")
    sent = [nana.reply(text) for text in texts.THANKS[:posts]]
    assert {post.fate for post in sent} == {Fate.PUBLIC}
    stage.clock.shift(7 * DAY_S)
    counts.bad(nana.edit(sent[-1].post_id, f"{texts.THANKS[posts - 1]}\n\n{addition}").fate)
    return counts


def two_good_links(stage: Stage) -> Counts:
    """A newcomer with two good links."""
    counts = Counts()
    counts.good(texts.TWO_LINKS, stage.newcomer("Nana").reply(texts.TWO_LINKS).fate)
    return counts


def first_posts(stage: Stage) -> Counts:
    """Ten ordinary newcomers' first posts."""
    counts = Counts()
    for number, (title, text) in enumerate(texts.FIRST_POSTS):
        nana = stage.newcomer(f"Nana{number}", f"198.51.{number}.7")
        counts.good(text, nana.start_thread(title, text).fate)
        stage.clock.shift(3600)
    return counts


def trap(stage: Stage, body: str) -> Counts:
    """A robot that fills the hidden field."""
    counts = Counts()
    counts.bad(stage.newcomer("Robot").reply(body, website="http://robot.example").fate)
    return counts


def quick(stage: Stage, body: str) -> Counts:
    """A reply 0.4 s after the form."""
    counts = Counts()
    counts.bad(stage.newcomer("Robot").reply(body, wait_s=0.4).fate)
    return counts


def link_farms(stage: Stage) -> Counts:
    """Link farms in profiles, and honest profiles with a link."""
    counts = Counts()
    for number, bio in enumerate(texts.LINK_FARMS):
        counts.bad(stage.newcomer(f"Farm{number}", f"198.51.{number}.7").describe(bio).fate)
    for number, bio in enumerate(texts.HONEST_BIOS):
        counts.good(bio, stage.newcomer(f"Hana{number}", f"203.0.{number}.7").describe(bio).fate)
    return counts


def orientation(stage: Stage) -> Counts:
    """A burst of newcomers on an orientation evening, from one network within ten minutes."""
    counts = Counts()
    for number, text in enumerate(texts.ORIENTATION):
        nana = stage.newcomer(f"Nana{number}", f"203.0.113.{number}")
        counts.good(text, nana.reply(text, wait_s=30).fate)
    return counts


def neighbourhood(stage: Stage) -> Counts:
    """New accounts from a network where 5 texts were rejected, and honest colleagues on the same network."""
    counts = Counts()
    for number, template in enumerate(texts.ADVERTISEMENTS):
        robot = stage.newcomer(f"Robot{number}", f"203.0.113.{number}")
        sent = robot.reply(template.format(site=f"offer{number}.example"))
        stage.decide(f"/p/{sent.post_id}", "spam")
    stage.clock.shift(DAY_S)
    for number, template in enumerate((texts.SLY_ENGLISH, texts.SLY_JAPANESE)):
        robot = stage.newcomer(f"Late{number}", f"203.0.113.{100 + number}")
        counts.bad(robot.reply(template.format(site=f"papers{number}.example")).fate)
    for number, text in enumerate(texts.COLLEAGUES):
        colleague = stage.newcomer(f"Nana{number}", f"203.0.113.{200 + number}")
        counts.good(text, colleague.reply(text).fate)
    return counts


def flattery(stage: Stage) -> Counts:
    """Flattery without links below a thread about frozen pipes, and the thanks of those who read it."""
    counts = Counts()
    for number, text in enumerate(texts.FLATTERY):
        counts.bad(stage.newcomer(f"Robot{number}", f"198.51.{number}.7").reply(text).fate)
        stage.clock.shift(1200)
    for number, text in enumerate(texts.THANKS):
        counts.good(text, stage.newcomer(f"Nana{number}", f"203.0.{number}.7").reply(text).fate)
        stage.clock.shift(1200)
    return counts


SCENES: dict[str, Attack] = {
    "near-copies, English": partial(near_copies, template=texts.SLY_ENGLISH),
    "near-copies, Japanese": partial(near_copies, template=texts.SLY_JAPANESE),
    "near-copies, without a link": partial(near_copies, template=texts.QUIET),
    "near-copies, blunt": partial(near_copies, template=texts.BLUNT),
    "near-copies after a rejection, English": partial(
        near_copies_after_rejection, template=texts.SLY_ENGLISH
    ),
    "near-copies after a rejection, Japanese": partial(
        near_copies_after_rejection, template=texts.SLY_JAPANESE
    ),
    "near-copies after a rejection, without a link": partial(
        near_copies_after_rejection, template=texts.QUIET
    ),
    "stolen account of 400 approved posts": partial(stolen_account, approved=400),
    "stolen account of 12 approved posts": partial(stolen_account, approved=12),
    "sleeper after one post, advertisement": partial(sleeper, addition=ADVERTISEMENT, posts=1),
    "sleeper after one post, a quiet link": partial(sleeper, addition=QUIET_LINK, posts=1),
    "sleeper after four posts, advertisement": partial(sleeper, addition=ADVERTISEMENT, posts=4),
    "sleeper after four posts, a quiet link": partial(sleeper, addition=QUIET_LINK, posts=4),
    "hidden field filled, advertisement": partial(trap, body=ADVERTISEMENT),
    "hidden field filled, harmless words": partial(trap, body=texts.THANKS[0]),
    "0.4 s after the form, advertisement": partial(quick, body=ADVERTISEMENT),
    "0.4 s after the form, harmless words": partial(quick, body=texts.THANKS[0]),
    "link farms in profiles": link_farms,
    "neighbourhood after 5 rejections": neighbourhood,
    "flattery without links": flattery,
    "newcomer with two good links": two_good_links,
    "ten newcomers' first posts": first_posts,
    "orientation evening": orientation,
}


def _robots(stage: Stage) -> list[Person]:
    """Ten accounts that joined just now, on as many networks."""
    return [stage.newcomer(f"Robot{number}", f"198.51.{number}.7") for number in range(ROBOTS)]


def _copy(robots: list[Person], template: str, number: int) -> Sent:
    return robots[number % ROBOTS].reply(texts.near_copy(template, number), wait_s=PAUSE_S)
