"""Check the manifests of the addons: what Odoo would find at installation only, and the house's rules.

What oca-checks-odoo-module and pylint-odoo find (files not listed, superfluous keys) is left to them.

    setup/lint/check_manifests.py addons/trade_core/__manifest__.py …
"""

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

REQUIRED = {"name", "summary", "version", "author", "license", "category", "depends"}
VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+$")
#: The addons that are there for others to depend on; every other one is a leaf, or glue between leaves.
FOUNDATIONS = {"trade_kernel", "trade_core", "trade_http", "trade_edi"}


def check(path: Path) -> list[str]:
    """What is wrong with one manifest, each as a sentence."""
    addon = path.parent
    try:
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        return [f"is not a plain Python dictionary: {error}"]
    found = [f"lacks {key!r}" for key in sorted(REQUIRED - manifest.keys())]
    if not VERSION.match(manifest.get("version", "")):
        found.append("version must look like 19.0.1.0.0")
    if manifest.get("license") != "LGPL-3":
        found.append("license must be LGPL-3")
    if manifest.get("author") != "Tradelane":
        found.append("author must be Tradelane")
    return found + _check_files(addon, manifest) + _check_depends(addon.name, manifest)


def _check_files(addon: Path, manifest: dict) -> list[str]:
    listed = [*manifest.get("data", []), *manifest.get("demo", [])]
    found = [f"lists {name} twice" for name in sorted(set(listed)) if listed.count(name) > 1]
    found += [f"lists {name}, which is not there" for name in listed if not (addon / name).is_file()]
    return found


def _check_depends(name: str, manifest: dict) -> list[str]:
    """Dependencies point towards the kernel; only glue, which installs itself, joins business addons."""
    ours = {depend for depend in manifest.get("depends", []) if depend.startswith("trade_")}
    found = [
        f"depends on {depend}, which is not in addons/"
        for depend in sorted(ours)
        if not (ROOT / "addons" / depend / "__manifest__.py").is_file()
    ]
    business = sorted(ours - FOUNDATIONS)
    if business and not manifest.get("auto_install") and name != "trade_demo":
        found.append(f"depends on {', '.join(business)}: no business addon builds on another one")
    return found


def main(paths: list[str]) -> int:
    failed = False
    for path in map(Path, paths):
        for sentence in check(path.resolve()):
            print(f"{path}: {sentence}")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
