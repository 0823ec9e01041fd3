"""The HTTP seam: everything between a request and a room's views."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from forum.settings import Settings


def init(app: Flask, settings: Settings, *, static: Path) -> None:
    """Put the seam around the application; `static` is the folder of its static files."""
    from forum.web import (  # noqa: PLC0415 - the parts import one another through this package
        assets,
        compression,
        filters,
        gate,
        health,
        journal,
        language,
        making,
        notices,
        pagecache,
        printing,
        privacy,
        problems,
        routing,
        safety,
        viewer,
    )

    app.jinja_environment = printing.Printing
    # Nothing of ours is a coroutine, and Flask would look into seventeen functions a request to find that out.
    app.ensure_sync = lambda func: func
    routing.init(app, settings)
    # The innermost, before anything is put around Flask's own application.
    making.init(app)
    # Flask runs what comes after a view in reverse order: answers are hardened and tagged first, compressed last.
    journal.init(app)
    compression.init(app)
    safety.init(app, settings, styles=assets.print_styles(app, static))
    viewer.init(app, settings)
    language.init(app)
    problems.init(app)
    notices.init(app)
    filters.init(app)
    printing.init(app, settings.data_dir)
    # In front of Flask, from the inside out: the gate, kept pages, which need no turn, and static files, which are no
    # pages.
    gate.init(app, settings)
    pagecache.init(app, settings)
    assets.init(app, settings, static)
    app.json.ensure_ascii = False  # pyright: ignore[reportAttributeAccessIssue]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(health.blueprint)
    privacy.init(app)
