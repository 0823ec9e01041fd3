"""What was found, as lines for a terminal and as warnings."""

from __future__ import annotations

from dataclasses import dataclass, field

KIB = 1024


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report: lines of a name and what is known of it, and a warning for what is wrong.

    A warning is one sentence that says what to do.
    """

    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def say(self, name: str, what: str) -> None:
        """Add a line."""
        self.lines.append((name, what))

    def warn(self, sentence: str) -> None:
        """Add a warning."""
        self.warnings.append(sentence)


def text(sections: list[Section]) -> str:
    """The whole report: sections with their lines below one another, then all warnings."""
    parts = [_section(section) for section in sections if section.lines]
    warnings = [warning for section in sections for warning in section.warnings]
    parts.append("\n".join(f"! {warning}" for warning in warnings) or "Nothing is wrong.")
    return "\n\n".join(parts)


def size(n_bytes: int) -> str:
    """A number of bytes as people read it: 1.4 MiB."""
    amount = float(n_bytes)
    for unit in ("bytes", "KiB", "MiB"):
        if amount < KIB:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= KIB
    return f"{amount:,.1f} GiB"


def _section(section: Section) -> str:
    width = max(len(name) for name, _ in section.lines) + 2
    return "\n".join([section.title, *(f"  {name:{width}}{what}".rstrip() for name, what in section.lines)])
