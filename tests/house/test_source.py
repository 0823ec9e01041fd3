"""Rules that the source itself must keep."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from forum.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "forum").rglob("*.py"))
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*") if p.is_file())


def test_only_the_renderer_the_catalogue_and_the_printer_declare_html_to_be_safe():
    marked = {p.relative_to(ROOT).as_posix() for p in SOURCES if "Markup(" in p.read_text()}
    assert marked == {"forum/text/rendering.py", "forum/web/language.py", "forum/web/printing.py"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_template_switches_escaping_off_or_holds_style_or_script(path):
    # The one style that pages hold is known by its hash to the policy that browsers keep to.
    text = path.read_text().replace('<style>{% include "styles.css" %}</style>', "")
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)


def test_every_setting_says_what_it_is_and_stands_in_the_operators_guide():
    guide = (ROOT / "docs" / "operating.md").read_text()
    source = (ROOT / "forum" / "settings.py").read_text()
    for field in fields(Settings):
        assert f"`{field.name.upper()}`" in guide
        assert re.search(rf'    {field.name}: .+\n    """', source), f"{field.name} has no docstring"


def test_no_transaction_is_opened_inside_a_verb():
    """`write()` belongs to whoever knows the whole use case: a view, a command, a job."""
    openers = {
        "views",
        "importers",
        "cli.py",
        "db.py",
        "mail.py",
        "seeing.py",
        "telling.py",
        "tidying.py",
        "viewer.py",
    }
    for path in SOURCES:
        if "with write()" in path.read_text():
            assert openers & {*path.parts}, f"{path.relative_to(ROOT)} opens a transaction"


@pytest.mark.parametrize("library", ["forum.spam.judging", "forum.spam.model", "forum.text.rendering"])
def test_the_pure_libraries_load_neither_flask_nor_a_database(library):
    code = (
        f"import sys, {library}; sys.exit(any(n in sys.modules for n in ('flask', 'sqlalchemy', 'werkzeug')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
