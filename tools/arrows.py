"""The import-linter contract of the house: an import stays on its floor or goes down."""

from __future__ import annotations

import re
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Arrows(Contract):
    """Layers whose modules may lie inside one another, which import-linter's own layers may not.

    `layers` names modules from the top down. In a layer `a | b` neither may import the other, in `a : b` they may.
    A module belongs to the longest name that is its own or its parent's: so `forum.threads.views` can stand high
    above the rest of `forum.threads`. A module that belongs nowhere breaks the contract; hence every chain of
    imports goes down as soon as every single import does.
    """

    type_name = "arrows"
    root: Any = fields.StringField()
    layers: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        homes = {module: self._home(module) for module in graph.modules if _lies_in(module, self.root)}
        faults = [f"{module} has no place in the layers" for module, home in homes.items() if home is None]
        faults += [
            f"{importer} may not import {imported}"
            for importer, here in homes.items()
            for imported in graph.find_modules_directly_imported_by(importer)
            if here and (there := homes.get(imported)) and not self._may_import(here, there)
        ]
        return ContractCheck(kept=not faults, metadata={"faults": sorted(faults)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(f"- {fault}", bold=False)

    def _home(self, module: str) -> str | None:
        """The root package is home to itself alone, else no module could be without a place."""
        names = (name for layer in self.layers for name in _names(layer))
        holders = [name for name in names if module == name or (name != self.root and _lies_in(module, name))]
        return max(holders, key=len, default=None)

    def _may_import(self, here: str, there: str) -> bool:
        floor = self._floor(here)
        if self._floor(there) == floor:
            return here == there or "|" not in self.layers[floor]
        return floor < self._floor(there)

    def _floor(self, name: str) -> int:
        return next(floor for floor, layer in enumerate(self.layers) if name in _names(layer))


def _names(layer: str) -> list[str]:
    return re.split(r"\s*[|:]\s*", layer)


def _lies_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
