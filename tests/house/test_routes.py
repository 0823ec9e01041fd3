"""Who may call what: every route stands in the table below, and each line is tried by five people.

The guest; Bob, a member; Alice, who wrote what the address is about; Mori, a moderator; Ando, an admin.
"""

from __future__ import annotations

import pytest

from forum.access import Viewer
from forum.db import write
from forum.moderation import steering
from forum.threads.models import Post, Status
from tests import makers

ALL, MEMBERS, OTHERS, AUTHOR, STAFF, ADMINS = (
    "all",
    "members",
    "members but the author",
    "the author",
    "the staff",
    "the admins",
)
ALLOWED = {
    ALL: {"guest", "Bob", "Alice", "Mori", "Ando"},
    MEMBERS: {"Bob", "Alice", "Mori", "Ando"},
    OTHERS: {"Bob", "Mori", "Ando"},
    AUTHOR: {"Alice"},
    STAFF: {"Mori", "Ando"},
    ADMINS: {"Ando"},
}
THREAD = "/t/1-first-winter-in-an-inaka-house"

# Post 1 opens Alice's thread, post 2 is her public reply, post 3 one that she deleted; act 1 is Mori's.
ROUTES = [
    ("threads.latest", "GET", "/", ALL),
    ("threads.boards", "GET", "/boards", ALL),
    ("threads.board", "GET", "/b/alt", ALL),
    ("threads.board_feed", "GET", "/b/alt.atom", ALL),
    ("threads.feed", "GET", "/feed.atom", ALL),
    ("threads.thread", "GET", THREAD, ALL),
    ("threads.thread_feed", "GET", "/t/1.atom", ALL),
    ("threads.unread", "GET", "/t/1/unread", ALL),
    ("threads.read_all", "POST", "/read-all", MEMBERS),
    ("threads.post", "GET", "/p/2", ALL),
    ("threads.versions", "GET", "/p/1/history", ALL),
    ("threads.new", "GET", "/new", MEMBERS),
    ("threads.new", "POST", "/new", MEMBERS),
    ("threads.reply", "GET", "/t/1/reply", MEMBERS),
    ("threads.reply", "POST", "/t/1/reply", MEMBERS),
    ("threads.edit", "GET", "/p/2/edit", AUTHOR),
    ("threads.edit", "POST", "/p/2/edit", AUTHOR),
    ("threads.delete", "GET", "/p/2/delete", AUTHOR),
    ("threads.delete", "POST", "/p/2/delete", AUTHOR),
    ("threads.restore", "POST", "/p/3/restore", AUTHOR),
    ("accounts.join", "GET", "/join", ALL),
    ("accounts.join", "POST", "/join", ALL),
    ("accounts.login", "GET", "/login", ALL),
    ("accounts.login", "POST", "/login", ALL),
    ("accounts.logout", "GET", "/logout", ALL),
    ("accounts.logout", "POST", "/logout", ALL),
    ("accounts.profile", "GET", "/u/Alice", ALL),
    ("accounts.ask_reset", "GET", "/reset", ALL),
    ("accounts.ask_reset", "POST", "/reset", ALL),
    ("accounts.settings", "GET", "/settings", MEMBERS),
    ("accounts.settings", "POST", "/settings", MEMBERS),
    ("accounts.password", "GET", "/settings/password", MEMBERS),
    ("accounts.password", "POST", "/settings/password", MEMBERS),
    ("accounts.email", "GET", "/settings/email", MEMBERS),
    ("accounts.email", "POST", "/settings/email", MEMBERS),
    ("accounts.sessions", "GET", "/settings/sessions", MEMBERS),
    ("accounts.end_other_sessions", "POST", "/settings/sessions/end-others", MEMBERS),
    ("privacy.privacy", "GET", "/privacy", ALL),
    ("moderation.report", "GET", "/p/2/report", OTHERS),
    ("moderation.report", "POST", "/p/2/report", OTHERS),
    ("moderation.log", "GET", "/log", ALL),
    ("moderation.log_feed", "GET", "/log.atom", ALL),
    ("moderation.queue", "GET", "/mod", STAFF),
    ("moderation.decided", "GET", "/mod/decided", STAFF),
    ("moderation.filter", "GET", "/mod/filter", STAFF),
    ("moderation.thresholds", "GET", "/mod/filter/thresholds", STAFF),
    ("moderation.choose_thresholds", "POST", "/mod/filter/thresholds", ADMINS),
    ("moderation.add_rule", "POST", "/mod/filter/rules", ADMINS),
    ("moderation.steer_rule", "POST", "/mod/filter/rules/1", ADMINS),
    ("moderation.steer_model", "POST", "/mod/filter/models/1", ADMINS),
    ("moderation.post", "GET", "/p/2/moderate", STAFF),
    ("moderation.post", "POST", "/p/2/moderate", STAFF),
    ("moderation.thread", "GET", "/t/1/moderate", STAFF),
    ("moderation.thread", "POST", "/t/1/moderate", STAFF),
    ("moderation.profile", "GET", "/u/Alice/moderate", STAFF),
    ("moderation.profile", "POST", "/u/Alice/moderate", STAFF),
    ("moderation.suspend", "GET", "/u/Alice/suspend", STAFF),
    ("moderation.suspend", "POST", "/u/Alice/suspend", STAFF),
    ("moderation.lift", "POST", "/u/Alice/suspend/lift", STAFF),
    ("moderation.undo", "POST", "/mod/acts/1/undo", STAFF),
    ("health.alive", "GET", "/healthz", ALL),
    ("health.ready", "GET", "/readyz", ALL),
    ("web.language", "POST", "/language", ALL),
]
# What only works with the secret from a mail, or with the number of one's own session; tried in the room's own tests.
BY_SECRET = {
    "accounts.confirm": "whoever has the link from the mail",
    "accounts.reset": "whoever has the link from the mail",
    "accounts.new_email": "whoever has the link from the mail",
    "accounts.end_session": "whose session it is",
}


def test_every_route_stands_in_the_table(app):
    served = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in BY_SECRET
    }
    assert served == {(endpoint, method) for endpoint, method, _path, _who in ROUTES}


@pytest.mark.parametrize(
    ("endpoint", "method", "path", "audience"), ROUTES, ids=[f"{line[1]} {line[2]}" for line in ROUTES]
)
def test_only_its_audience_can_call_a_route(peopled, guest, sign_in, endpoint, method, path, audience):
    for name in ("guest", "Bob", "Alice", "Mori", "Ando"):
        client = guest if name == "guest" else sign_in(name)
        fields = {"language": "ja"} if endpoint == "web.language" else {}
        response = client.open(path, method=method, data=fields if method == "POST" else None)
        is_sent_away = response.status_code == 303 and response.location.startswith("/login")
        is_refused = response.status_code in (401, 403, 404) or is_sent_away
        assert response.status_code < 500
        assert is_refused == (name not in ALLOWED[audience]), f"{name}: {response.status_code}"


@pytest.mark.parametrize(
    ("endpoint", "method", "path", "audience"),
    [line for line in ROUTES if line[1] == "POST"],
    ids=[line[2] for line in ROUTES if line[1] == "POST"],
)
def test_no_change_is_taken_from_another_site(peopled, sign_in, endpoint, method, path, audience):
    client = sign_in({STAFF: "Mori", ADMINS: "Ando"}.get(audience, "Alice"))
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        response = client.post(path, headers=headers)
        assert response.status_code == 403
        assert b"another site" in response.data


@pytest.fixture
def peopled(app):
    """What the table speaks of."""
    with app.app_context(), write() as session:
        alice = makers.member(session)
        makers.member(session, "Bob")
        mori = makers.moderator(session)
        makers.member(session, "Ando", role="admin")
        thread = makers.thread(session, alice, replies=1)
        makers.post(session, thread, alice, body="Never mind.", status=Status.DELETED)
        makers.versions(session, session.get_one(Post, 1))
        steering.pin(session, Viewer(id=mori.id, name="Mori", role="moderator"), 1, makers.now())
    return app
