"""A server runs for as long as it is measured; one that can't is refused with its reason."""

from __future__ import annotations

import sys

import pytest

from tools.board_bench import processes
from tools.board_bench.browsers import Browser, hidden
from tools.board_bench.servers import Failed, answers, free_port, serving
from tools.board_bench.weighing import first_visit


@pytest.fixture
def serve(tmp_path):
    """Serves the files of a folder."""

    def start(folder):
        port = free_port()
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
        return serving(command, port, log=tmp_path / "server.log", cwd=folder)

    return start


def test_a_server_answers_within_the_block_and_is_gone_after_it(serve, tmp_path):
    (tmp_path / "hello.html").write_text("Hello.")
    with serve(tmp_path) as server:
        assert Browser(server).get("/hello.html").text == "Hello."
        assert answers(server.port)
    assert not answers(server.port)


def test_a_server_is_stopped_when_the_measurement_breaks_off(serve, tmp_path):
    with pytest.raises(KeyboardInterrupt), serve(tmp_path) as server:
        raise KeyboardInterrupt
    assert not answers(server.port)
    assert processes.processor_s(server.process) == 0


def test_a_server_that_ends_by_itself_is_said_to(tmp_path):
    command = [sys.executable, "-c", "import sys; sys.exit('No board here.')"]
    with (
        pytest.raises(Failed, match=r"it ended with status 1 before it answered: No board here\."),
        serving(command, free_port(), log=tmp_path / "server.log", cwd=tmp_path),
    ):
        pass


def test_a_first_visit_counts_what_the_page_asks_for_once(serve, tmp_path):
    (tmp_path / "page.html").write_text(
        '<link rel="stylesheet" href="/a.css"><link rel="canonical" href="/missing">'
        '<link rel="icon" href="/icon.svg"><script type="module" src="/a.js"></script>'
    )
    (tmp_path / "a.css").write_text("@import url('b.css');")
    (tmp_path / "b.css").write_text("p { color: red }")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "a.js").write_text('import { b } from "./b.js";')
    (tmp_path / "b.js").write_text('import "./a.js";')
    with serve(tmp_path) as server:
        visit = first_visit(server, "/page.html")
    assert visit.page_bytes == (tmp_path / "page.html").stat().st_size
    assert visit.requests == 6
    names = ("page.html", "a.css", "b.css", "icon.svg", "a.js", "b.js")
    assert visit.all_bytes == sum((tmp_path / name).stat().st_size for name in names)


def test_a_page_that_is_not_there_is_a_failure(serve, tmp_path):
    with serve(tmp_path) as server, pytest.raises(Failed, match="/nothing answered 404"):
        Browser(server).get("/nothing")


def test_a_hidden_field_is_found_whatever_the_order_of_its_attributes():
    page = '<input name="a" value="1"><input type="hidden" value="2" id="x" name="token"><input name="b">'
    assert hidden(page, "token") == "2"
    assert hidden(page, "b") == ""
