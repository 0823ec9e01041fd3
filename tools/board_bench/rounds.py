"""Rounds: each measures every target of every scene, so that what slows the machine for a while hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.board_bench.results import Series
from tools.board_bench.scenes import Scene, Target
from tools.board_bench.servers import Failed
from tools.board_bench.visits import Load

# Also before each load that counts: a system may take back what a server holds while the others have their turns.
WARM_S = 1


@dataclass
class Rounds:
    """What was measured. A target that fails in a scene is noted in `missing` and not measured there again."""

    rounds: int
    seconds: float
    report: Callable[[str], None]
    """Hears of each scene."""
    missing: dict[str, str] = field(default_factory=dict)
    loads: dict[tuple[str, Target], list[Load]] = field(default_factory=dict)

    def measure(self, scenes: Sequence[Scene]) -> list[Series]:
        """Measure in rounds, every other time in the reverse order; each load comes after one that does not count."""
        for number in range(self.rounds):
            for scene in scenes:
                self.report(f"Round {number + 1} of {self.rounds}: {scene.name}")
                for turn in range(scene.times):
                    self._go(
                        scene, list(scene.runs)[:: -1 if (number + turn) % 2 else 1], number, self.seconds
                    )
        return [
            Series(scene, target, posts, loads)
            for (scene, (target, posts)), loads in self.loads.items()
            if self._title(scene, target) not in self.missing
        ]

    def _go(self, scene: Scene, targets: Sequence[Target], number: int, seconds: float) -> None:
        for target in targets:
            title = self._title(scene.name, target[0])
            if title in self.missing:
                continue
            try:
                scene.runs[target](number, WARM_S)
                self.loads.setdefault((scene.name, target), []).append(scene.runs[target](number, seconds))
            except Failed as reason:
                self.missing[title] = str(reason)

    def _title(self, scene: str, target: str) -> str:
        return f"{target}, {scene}"
