"""What only whoever runs the server may say: the section ``[trade]`` of Odoo's configuration file.

An environment variable takes precedence: ``TRADE_SECRET_KEYS`` over ``secret_keys``.
"""

import configparser
import os
from functools import lru_cache
from pathlib import Path

from odoo.tools import config


def setting(name: str) -> str:
    """The setting as text, empty when it is not made; read again when the file changes."""
    given = os.environ.get(f"TRADE_{name.upper()}")
    if given:
        return given
    path = Path(config["config"] or "")
    return _read(str(path), path.stat().st_mtime_ns).get(name, "") if path.is_file() else ""


@lru_cache(maxsize=4)
def _read(path, _changed):
    parser = configparser.RawConfigParser()
    parser.read(path)
    return dict(parser["trade"]) if parser.has_section("trade") else {}
