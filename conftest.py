"""Let plain pytest (no Odoo database) run the kernel's tests and tests/.

pytest-odoo names a test module of an addon `odoo.addons.<addon>.tests.<module>`, but only when a database is
given. Without one the same is done here, so that a relative import in a test means the same in both.
"""

from pathlib import Path

import _pytest.pathlib
import pytest

ADDONS = Path(__file__).parent / "addons"


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--odoo-config", None) or config.getoption("--odoo-database", None):
        return
    if config.pluginmanager.hasplugin("odoo"):
        raise pytest.UsageError(
            "Say which tests these are: `pytest -p no:odoo …` for the kernel's and those in tests/, "
            "`setup/db test DATABASE …` for an addon's."
        )
    original = _pytest.pathlib.resolve_pkg_root_and_module_name

    def resolve(path: Path, *, consider_namespace_packages: bool = False) -> tuple[Path, str]:
        root, name = original(path, consider_namespace_packages=consider_namespace_packages)
        return root, f"odoo.addons.{name}" if root == ADDONS else name

    _pytest.pathlib.resolve_pkg_root_and_module_name = resolve
