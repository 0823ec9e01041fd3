"""A quotation is a block of its own, whatever is quoted."""

import pytest

from forum.text.quoting import quote
from forum.text.rendering import render


def test_a_quotation_names_its_writer_and_ends_with_a_blank_line():
    assert quote("One\n\nTwo", "Alice", "/p/12") == "> [Alice](/p/12):\n>\n> One\n>\n> Two\n\n"


@pytest.mark.parametrize(
    "source", ["```\nopen fence", "- a list", "> quoted", "    code", "# heading", "[a]: b", "|a|\n|-|\n|1|"]
)
def test_an_answer_below_a_quotation_is_outside_it(source):
    html = render(quote(source, "Alice", "/p/12") + "My answer").html
    assert html.endswith("</blockquote>\n<p>My answer</p>")


@pytest.mark.parametrize("name", ["_al_ice_", "a.b-c", "田中", "x__y__z"])
def test_a_name_is_shown_as_it_is(name):
    assert f">{name}</a>" in render(quote("a", name, "/p/12")).html
