"""A stage for each attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.attacks.stage import NOON, Stage


@pytest.fixture
def stage(app: Flask) -> Iterator[Stage]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield Stage(app, clock)
