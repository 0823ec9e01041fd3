"""The figures as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isnan

from tests.attacks.stage import Counts, Fate
from tools.spam_bench.copies import Copies
from tools.spam_bench.cost import Cost
from tools.spam_bench.measures import Figures
from tools.spam_bench.trial import LABELS, Result, Trial

MIB = 1 << 20


def of_trial(trial: Trial) -> str:
    """Four tables beside each other's names: the whole, its parts, the disguises, and learning."""
    parts = sorted(
        {part for result in trial.results for part in result.parts}, key=lambda part: (len(part), part)
    )
    return "\n\n".join(
        (
            f"Split {trial.split}: learns {trial.learnt:,}, tried on {trial.good:,} good and {trial.spam:,} spam",
            _table(
                "catch in % at 0 / 0.1 / 1 % wronged",
                ("0", "0.1", "1", "ROC-AUC", "PR-AUC", "ECE"),
                ((result.name, _whole(result.figures)) for result in trial.results),
            ),
            _table(
                "catch in % at 1 %, by language and source",
                parts,
                ((result.name, [_percent(result.parts[part]) for part in parts]) for result in trial.results),
            ),
            _table(
                "catch in % at 1 %, in disguise",
                ("plain", *trial.results[0].disguises),
                ((result.name, _disguised(result)) for result in trial.results),
            ),
            _table(
                "catch in % at 0.1 / 1 %, after moderators' labels",
                [f"{count} {what}" for count in (0, *LABELS) for what in ("0.1", "1", "AUC")],
                ((result.name, _learning(result)) for result in trial.results),
            ),
        )
    )


def of_copies(copies: Copies) -> str:
    """What near-copies are found."""
    return _list(
        "Near-copies, one word in ten changed",
        {
            "found": _of(copies.found, copies.rejected),
            "of 20 words and more": _of(copies.long_found, copies.long_rejected),
            "good taken for each other": _pairs(copies.pairs, copies.false_pairs, copies.good),
            "good taken for spam": _pairs(copies.good_like_spam, copies.false_like_spam, copies.good),
        },
    )


def of_cost(cost: Cost) -> str:
    """What scoring takes."""
    extra_mib = cost.peak_mib - cost.bare_mib
    return _list(
        f"Scoring {cost.comments:,} comments of {cost.characters} characters, by processor time of one core",
        {
            "comments a second": f"{cost.a_second:,.0f}; with the start {cost.a_second_with_start:,.0f}",
            "peak memory": f"{cost.peak_mib:.1f} MiB; a bare Python {cost.bare_mib:.1f}, so {extra_mib:.1f} more",
            "of that, after the start": f"{cost.peak_mib - cost.started_mib:.1f} MiB",
            "model file": f"{cost.model_bytes / MIB:.2f} MiB",
        },
    )


def of_attacks(scenes: Mapping[str, Counts]) -> str:
    """What became public, and who was wronged."""
    fates = tuple(Fate)
    rows = (
        (name, [*(str(counts.attack[fate]) for fate in fates), str(counts.honest), str(counts.wronged)])
        for name, counts in scenes.items()
    )
    wronged = [text for counts in scenes.values() for text in counts.wronged_texts]
    table = _table("attacks", (*(fate.value for fate in fates), "honest", "wronged"), rows)
    return "\n".join([table, *(f"  wronged: {text}" for text in wronged)])


def _list(title: str, facts: Mapping[str, str]) -> str:
    return "\n".join([title, *(f"  {name:<26}{fact}" for name, fact in facts.items())])


def _pairs(pairs: int, false_pairs: int, good: int) -> str:
    return f"{pairs} pairs among {good:,}, {false_pairs} of them less than half alike"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(1, whole):.1%})"


def _whole(found: Figures) -> list[str]:
    catches = (found.catch_0, found.catch_01, found.catch_1)
    return [*map(_percent, catches), *map(_share, (found.roc_auc, found.pr_auc, found.ece))]


def _disguised(result: Result) -> list[str]:
    return [_percent(result.figures.catch_1), *map(_percent, result.disguises.values())]


def _learning(result: Result) -> list[str]:
    return [
        cell
        for found in result.labels.values()
        for cell in (_percent(found.catch_01), _percent(found.catch_1), _share(found.roc_auc))
    ]


def _percent(value: float) -> str:
    return "-" if isnan(value) else f"{100 * value:.1f}"


def _share(value: float) -> str:
    return "-" if isnan(value) else f"{value:.3f}".removeprefix("0")


def _table(title: str, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    lines = [(title, heads), *rows]
    first = max(len(name) for name, _cells in lines)
    widths = [max(len(cells[place]) for _name, cells in lines) for place in range(len(heads))]
    return "\n".join(
        "  ".join(
            (name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))
        )
        for name, cells in lines
    )
