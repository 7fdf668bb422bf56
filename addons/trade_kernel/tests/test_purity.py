"""The kernel imports nothing of Odoo, and being imported costs nothing of Odoo."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL = Path(__file__).parents[1]
SOURCES = sorted(path for path in KERNEL.rglob("*.py") if path.name != "__manifest__.py")


def foreign(source, depth=1):
    """The imports in ``source`` that leave the kernel for Odoo.

    :param depth: how many levels the file is below ``odoo.addons``: that many dots still stay inside.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level > depth:
            found.append("odoo.addons.*")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [
        name
        for name in found
        if name.split(".")[0] == "odoo" and f"{name}.".find("odoo.addons.trade_kernel.")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(KERNEL)))
def test_no_import_of_odoo(path):
    assert foreign(path.read_text(), len(path.relative_to(KERNEL).parts)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import odoo",
        "from odoo import models",
        "import odoo.tools",
        "from odoo.addons.trade_core import x",
        "from odoo.addons import base",
        "from ..trade_core import x",
        "def f():\n    from odoo.tools import sql",
    ],
)
def test_the_check_sees_every_kind_of_import(source):
    assert foreign(source)


def test_the_package_itself_is_empty():
    assert ast.parse((KERNEL / "__init__.py").read_text()).body == []


def test_importing_everything_does_not_import_odoo():
    modules = [
        ".".join(("odoo.addons.trade_kernel", *path.relative_to(KERNEL).with_suffix("").parts))
        for path in SOURCES
        if "tests" not in path.parts and path.name not in ("__init__.py", "__main__.py")
    ]
    script = f"""
import importlib, sys, odoo.addons
odoo.addons.__path__.append({str(KERNEL.parent)!r})
for name in {modules!r}:
    importlib.import_module(name)
loaded = [name for name in sys.modules if name.startswith("odoo.") and not name.startswith("odoo.addons")]
sys.exit(", ".join(loaded) or 0)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
