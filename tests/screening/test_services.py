"""What outside services are asked, what their answers count for, and what happens when there is none."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest
from akismet import APIKeyError

from forum.screening import services
from forum.screening.questions import Opinion
from tests.screening.outside import KEY, QUESTION, asking, serving


@pytest.fixture
def outside():
    with serving() as outside:
        yield outside


@pytest.fixture
def on(app, outside):
    """Both services are on, and this is a request's context."""
    with asking(app, outside.url), app.app_context():
        yield


def asked(question=QUESTION):
    return {opinion.service: opinion for opinion in services.opinions(question)}


def test_a_board_asks_nobody_unless_told_to(app, outside):
    with app.app_context():
        assert not services.are_on()
        assert services.names() == ()
        assert services.opinions(QUESTION) == ()
        assert services.to_keep(QUESTION) is None


@pytest.mark.parametrize(("answer", "value"), [("ham", -0.5), ("spam", 1.0), ("discard", 2.0)])
def test_akismet_says_good_spam_or_blatant_spam(on, outside, answer, value):
    outside.akismet = answer
    assert asked()["akismet"] == Opinion("akismet", value)


@pytest.mark.parametrize(("answer", "value"), [("unknown", 0.0), ("known", 0.935)])
def test_stopforumspam_says_how_sure_it_is_of_an_address(on, outside, answer, value):
    outside.stopforumspam = answer
    assert asked()["stopforumspam"] == Opinion("stopforumspam", value)


def test_akismet_gets_what_its_protocol_asks_for(on, outside):
    services.opinions(QUESTION)
    (fields,) = outside.sent("/1.1/comment-check")
    assert fields.pop("Host") == outside.url.removeprefix("http://")
    assert fields == {
        "api_key": KEY,
        "blog": "http://localhost",
        "blog_charset": "UTF-8",
        "blog_lang": "en",
        "user_ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0",
        "referrer": "http://localhost/t/1/reply",
        "comment_author": "Nana",
        "comment_content": QUESTION.text,
        "comment_type": "reply",
    }


def test_stopforumspam_gets_the_address_and_nothing_of_the_text(on, outside):
    services.opinions(QUESTION)
    (fields,) = outside.sent("/api")
    assert fields.keys() == {"ip", "json", "confidence", "Host"}
    assert fields["ip"] == "203.0.113.7"


def test_an_edit_is_said_to_be_one(on, outside):
    services.opinions(replace(QUESTION, kind="edit"))
    (fields,) = outside.sent("/1.1/comment-check")
    assert (fields["comment_type"], fields["recheck_reason"]) == ("forum-post", "edit")


def test_no_mail_address_leaves_unless_allowed(on, outside):
    services.opinions(QUESTION)
    kept = services.to_keep(QUESTION) or {}
    services.tell(kept | {"mail_address": QUESTION.mail_address}, is_spam=True)
    assert len(outside.requests) == 3
    assert "example.org" not in repr(outside.requests) + repr(kept)


def test_where_it_is_allowed_akismet_gets_the_mail_address_and_stopforumspam_its_hash(app, outside):
    with asking(app, outside.url, services_send_mail=True), app.app_context():
        assert asked()["stopforumspam"].value == pytest.approx(0.991)
        assert "nana@example.org" in (services.to_keep(QUESTION) or {}).values()
    (check,), (lookup,) = outside.sent("/1.1/comment-check"), outside.sent("/api")
    assert check["comment_author_email"] == "nana@example.org"
    assert lookup["emailhash"] == "6af4ec3065d60fd7f176c0a3a469604a"
    assert "nana" not in repr(lookup)


@pytest.mark.parametrize("address", ["", "unix:", "127.0.0.1", "::1", "192.168.1.20", "fd00::5"])
def test_nobody_is_asked_about_a_text_from_nowhere_or_from_an_address_that_many_networks_have(
    on, outside, address
):
    question = replace(QUESTION, address=address)
    assert services.opinions(question) == ()
    assert services.to_keep(question) is None
    assert outside.requests == []


@pytest.mark.parametrize("fault", ["error", "garbage", "empty", "long", "redirect"])
def test_an_answer_that_is_none_is_a_failure_of_akismet_alone(on, outside, fault):
    outside.akismet = fault
    assert asked() == {
        "akismet": Opinion("akismet", is_failed=True),
        "stopforumspam": Opinion("stopforumspam", 0.0),
    }


@pytest.mark.parametrize(
    "fault", ["error", "garbage", "empty", "long", "redirect", "a list", "no number", "no success"]
)
def test_an_answer_that_is_none_is_a_failure_of_stopforumspam_alone(on, outside, fault):
    outside.stopforumspam = fault
    assert asked() == {
        "akismet": Opinion("akismet", -0.5),
        "stopforumspam": Opinion("stopforumspam", is_failed=True),
    }


def test_a_key_that_akismet_refuses_is_a_failure(app, outside):
    with asking(app, outside.url, akismet_key="revoked"), app.app_context():
        assert asked()["akismet"].is_failed
        with pytest.raises(APIKeyError):
            services.tell({"address": "203.0.113.7", "text": "Hello", "kind": "reply"}, is_spam=True)


def test_a_slow_service_costs_two_seconds_and_not_the_answer_of_the_other(on, outside):
    outside.akismet, outside.stopforumspam = "slow", "known"
    began_s = time.monotonic()
    opinions = asked()
    assert 1.9 < time.monotonic() - began_s < 2.6
    assert opinions["akismet"].is_failed
    assert opinions["stopforumspam"].value == pytest.approx(0.935)


def test_services_that_are_not_there_fail_at_once(app):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    began_s = time.monotonic()
    with asking(app, url), app.app_context():
        assert [opinion.is_failed for opinion in services.opinions(QUESTION)] == [True, True]
    assert time.monotonic() - began_s < 1


def test_what_failed_is_logged_without_what_was_sent(on, outside, caplog):
    outside.akismet = outside.stopforumspam = "error"
    services.opinions(QUESTION)
    services.opinions(replace(QUESTION, address="198.51.100.9"))
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "service failed" in said
    assert not any(secret in said for secret in (QUESTION.address, "198.51.100.9", "visa agent", KEY))


def test_a_board_can_ask_one_service_alone(app, outside):
    with asking(app, outside.url, akismet_key=""), app.app_context():
        assert list(asked()) == ["stopforumspam"]
        assert services.to_keep(QUESTION) is None
