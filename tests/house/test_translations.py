"""The Japanese of the interface is whole, says what the English says, and is what a Japanese reader gets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.conftest import Browser

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "forum/translations/ja/LC_MESSAGES/messages.po"
# Our own names for what Babel calls gettext, as CONTRIBUTING.md hands them to pybabel.
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None, "translated": None}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|%%")


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """What pybabel finds in the code by its configuration: each message, of a plural the singular."""
    with (ROOT / "tools/babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    return _extracted(methods, options)


@pytest.fixture(scope="module")
def japanese() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ja")


@pytest.fixture
def japanese_guest(guest: Browser) -> Browser:
    guest.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ja,en;q=0.5"
    return guest


def test_the_configuration_overlooks_no_file(marked):
    everything = [("forum/**.py", "python"), ("templates/**", "jinja2")]
    assert _extracted(everything, {}) == marked


def test_no_string_is_marked_where_the_extraction_cannot_see_it(marked):
    unseen = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in (ROOT / "forum").rglob("*.py")
        for text in _marked_in(path)
        if text not in marked
    }
    assert unseen == set()


def test_every_marked_string_is_in_the_catalogue_and_nothing_else_is(marked, japanese):
    assert {_english(message)[0] for message in _messages(japanese)} == marked
    assert not japanese.obsolete


def test_every_message_is_translated_and_none_is_a_guess(japanese):
    assert [m.id for m in _messages(japanese) if m.fuzzy or not all(_translations(m))] == []


def test_translations_keep_the_placeholders(japanese):
    for message in _messages(japanese):
        # The last form is the plural, the one that Japanese has.
        wanted = sorted(PLACEHOLDER.findall(_english(message)[-1]))
        for text in _translations(message):
            assert sorted(PLACEHOLDER.findall(text)) == wanted, text


def test_translations_use_japanese_signs(japanese):
    for message in _messages(japanese):
        for text in _translations(message):
            assert not re.search(r'"|[ぁ-ヿ一-鿿][,.:!;]|[０-９Ａ-Ｚａ-ｚ]|　', text), text


def test_the_compiled_catalogue_agrees_with_its_source(japanese):
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = {_english(m): _translations(m) for m in _messages(read_mo(file))}
    assert compiled == {_english(m): _translations(m) for m in _messages(japanese)}


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/", "新着スレッド"),
        ("/boards", "ボード"),
        ("/log", "モデレーション記録"),
        ("/login", "ログイン"),
        ("/join", "参加する"),
        ("/reset", "パスワードの再設定"),
        ("/no-such-page", "見つかりません"),
    ],
)
def test_a_japanese_browser_gets_a_japanese_page(japanese_guest, address, heading):
    page = japanese_guest.get(address).text
    assert '<html lang="ja"' in page
    assert re.search(rf"<h1[^>]*>{heading}</h1>", page)


def test_the_language_chosen_on_the_page_outweighs_that_of_the_browser(japanese_guest):
    japanese_guest.post("/language", data={"language": "en"})
    assert '<html lang="en"' in japanese_guest.get("/").text


def test_a_refused_form_is_answered_in_japanese(japanese_guest):
    page = japanese_guest.post("/login", data={"username": "", "password": ""}).text
    assert "入力してください。" in page


def _extracted(methods: Iterable[tuple[str, str]], options: dict[str, dict[str, str]]) -> set[str]:
    # Babel leaves out folders that begin with an underscore, unless told otherwise; ours hold the parts of pages.
    found = extract_from_dir(
        ROOT,
        list(methods),
        options,
        KEYWORDS,
        directory_filter=lambda folder: not Path(folder).name.startswith("."),
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def _marked_in(path: Path) -> Iterator[str]:
    """The first words of each call that marks a string, also of those inside f-strings, where pybabel looks not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in KEYWORDS
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value)


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _translations(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
