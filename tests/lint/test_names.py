"""Addons that extend one model do not give a method the same name by accident: the one would silently take
the place of the other. Whoever means to do so calls `super()`, or fills in a method that does nothing itself.
"""

import ast
from collections import defaultdict

import pytest

from clusters import ROOT


def clashes(addons):
    """``{(model, method): files}`` of methods that two addons write, each on its own.

    :param addons: a folder of addons
    """
    written = defaultdict(set)
    for file in sorted(addons.glob("*/*/**/*.py")):
        addon = file.relative_to(addons).parts[0]
        if "tests" in file.parts:
            continue
        for kind in ast.parse(file.read_text()).body:
            model = _model_of(kind) if isinstance(kind, ast.ClassDef) else None
            for method in kind.body if model else ():
                if isinstance(method, ast.FunctionDef) and not _is_extension(method):
                    written[model, method.name].add(addon)
    return {name: sorted(found) for name, found in written.items() if len(found) > 1}


def _model_of(kind):
    """The one model a class makes or extends; ``None``: it is something else."""
    said = {}
    for node in kind.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values = node.value.elts if isinstance(node.value, ast.List) else [node.value]
            if len(values) == 1 and isinstance(values[0], ast.Constant):
                said[node.targets[0].id] = values[0].value
    return said.get("_name") or said.get("_inherit")


def _is_extension(method):
    """Whether it calls what it extends, or waits to be filled in: it returns a constant, raises or passes."""
    if any(isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(method)):
        return True
    body = method.body[1:] if ast.get_docstring(method) else method.body
    if len(body) > 1:
        return False
    match body:
        case [ast.Return(value=value)] if value is not None:
            return isinstance(value, ast.Constant) or not ast.unparse(value).strip("()[]{}")
        case [] | [ast.Return() | ast.Raise() | ast.Pass()]:
            return True
    return False


def test_no_method_takes_the_place_of_another_by_accident():
    assert clashes(ROOT / "addons") == {}


@pytest.mark.parametrize(
    ("second", "found"),
    [("return 1 + 2", True), ("return super()._sum() + 1", False), ("raise NotImplementedError", False)],
)
def test_a_clash_is_found(tmp_path, second, found):
    for addon, body in (("one", "return 3 + 4"), ("two", second)):
        folder = tmp_path / addon / "models"
        folder.mkdir(parents=True)
        (folder / "thing.py").write_text(
            f"class Thing(models.Model):\n    _inherit = 'thing'\n\n    def _sum(self):\n        {body}\n"
        )
    assert bool(clashes(tmp_path)) is found
