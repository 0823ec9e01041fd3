"""The board, and two of the three that it is measured beside, each with two workers; the third is in `flaskbb`."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path

from tools.board_bench.machine import ROOT
from tools.board_bench.servers import HOST, WORKERS, Failed, Server, free_port, serving

BARE_APP = "tools.board_bench.bare:app"
# Debian installs it where only root looks.
NGINX_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
NGINX = """
{user}
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    client_body_temp_path {folder}/nginx-temporary;
    proxy_temp_path {folder}/nginx-temporary;
    fastcgi_temp_path {folder}/nginx-temporary;
    uwsgi_temp_path {folder}/nginx-temporary;
    scgi_temp_path {folder}/nginx-temporary;
    server {{
        listen {host}:{port};
        root {pages};
        default_type text/html;
        add_header Content-Encoding gzip;
    }}
}}
"""


def board(data_dir: Path, folder: Path) -> AbstractContextManager[Server]:
    """The board as an operator starts it, but without limits on pace, which a load would run into."""
    port = free_port()
    return serving(
        [sys.executable, "wsgi.py"],
        port,
        log=folder / "board.log",
        cwd=ROOT,
        environment={
            "DATA_DIR": str(data_dir),
            "FORUM_LIMITS": "off",
            "HOST": HOST,
            "PORT": str(port),
            "WEB_CONCURRENCY": str(WORKERS),
        },
    )


def bare(pages: Path, folder: Path) -> AbstractContextManager[Server]:
    """An empty Flask that gives out the files in `pages`, under gunicorn's default workers. Raises Failed."""
    if find_spec("gunicorn") is None:
        raise Failed("gunicorn is not installed")
    port = free_port()
    return serving(
        [sys.executable, "-m", "gunicorn", BARE_APP, f"--workers={WORKERS}", f"--bind={HOST}:{port}"],
        port,
        log=folder / "bare.log",
        # Not where the board's own gunicorn.conf.py would be found.
        cwd=folder,
        environment={"PAGES": str(pages), "PYTHONPATH": str(ROOT)},
    )


def nginx(pages: Path, folder: Path) -> AbstractContextManager[Server]:
    """The same files as nginx sends them; they lie there compressed. Raises Failed when it isn't installed."""
    program = shutil.which("nginx", path=NGINX_PATH)
    if program is None:
        raise Failed("nginx is not installed (Debian: apt-get install nginx-light)")
    port = free_port()
    # Started by root, its workers would else be somebody who may not read the folder.
    user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        NGINX.format(user=user, workers=WORKERS, folder=folder, host=HOST, port=port, pages=pages)
    )
    command = [program, "-e", "stderr", "-p", folder, "-c", config]
    return serving(command, port, log=folder / "nginx.log", cwd=folder)
