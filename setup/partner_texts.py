"""What partners can meet of addons that mostly speak to people here: found in the code, without a database.

These are the sentences of ``tell``, ``show`` and ``phrase`` (``trade_kernel/partner_words.py``), and texts of
:data:`FUNCTIONS`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib

from clusters import ROOT

#: calls whose sentences partners read → which arguments hold them
SAID = {"tell": (1, 2), "finding": (1, 2), "well": (1,), "phrase": (1,)}
#: addon → file → functions whose texts stand on pages of partners
FUNCTIONS = {
    "trade_core": {
        "models/trade_identifier.py": ("_selection_scheme",),
        "models/trade_connector_health.py": ("_duration",),
    },
    "trade_http": {"scopes.py": ("register",)},
}
#: addons that have translations of these texts only
PARTLY = ("trade_core", "trade_http", "trade_kernel", "trade_purchase")


_CODE = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+")


class Text(NamedTuple):
    source: str
    path: Path
    code: str | None = None  # of the catalogue


def of(addon: str) -> list[Text]:
    """What partners can read of an addon, each text once, in the order of the files."""
    folder = ROOT / "addons" / addon
    paths = [path for path in sorted(folder.rglob("*.py")) if "tests" not in path.relative_to(folder).parts]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    registered = {
        code: _text(call.args[1])
        for tree in trees.values()
        for call in _calls(tree, "register")
        if len(call.args) == 3 and (code := _code(call.args[0]))
    }
    found = {}
    for path, tree in trees.items():
        for text in [*_said(path, tree, registered), *_of_functions(addon, folder, path, tree)]:
            found.setdefault(text.source, text)
    return list(found.values())


def template(addon: str) -> polib.POFile:
    """The ``.pot`` of an addon of :data:`PARTLY`, as Odoo writes those of others."""
    pot = polib.POFile(wrapwidth=78)
    pot.header = (
        f"Translation of Odoo Server.\nThis file contains the translation of what partners read of {addon}."
    )
    pot.metadata = {
        "Project-Id-Version": "Odoo Server 19.0",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "",
    }
    complete(pot, addon)
    return pot


def complete(pot: polib.POFile, addon: str) -> None:
    """Add to a template what Odoo's export does not find, as texts of code."""
    known = {entry.msgid for entry in pot}
    for text in of(addon):
        if text.source not in known:
            place = f"code:{text.path.relative_to(ROOT)}"
            comment = f"module: {addon}\nodoo-python"
            pot.append(polib.POEntry(msgid=text.source, comment=comment, occurrences=[(place, "0")]))
    pot.sort(key=lambda entry: entry.msgid)


def _said(path: Path, tree: ast.AST, registered: dict[str, str]) -> Iterator[Text]:
    for call in _calls(tree, *SAID):
        code = _code(call.args[0]) if call.args else None
        for index in SAID[_name(call)]:
            if code and index < len(call.args) and (text := _text(call.args[index])):
                yield Text(text, path, code)
    for call in _calls(tree, "show"):
        for code in filter(registered.get, map(_code, call.args)):
            yield Text(registered[code], path, code)


def _of_functions(addon: str, folder: Path, path: Path, tree: ast.AST) -> Iterator[Text]:
    for name in FUNCTIONS.get(addon, {}).get(str(path.relative_to(folder)), ()):
        if name == "register":
            yield from (Text(_text(call.args[1]), path) for call in _calls(tree, "register"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                yield from (Text(_text(call.args[0]), path) for call in _calls(node, "_") if call.args)


def _calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in names:
            yield node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _code(node: ast.AST) -> str | None:
    text = _text(node)
    return text if text and _CODE.fullmatch(text) else None


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
