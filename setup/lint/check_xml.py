"""Check XML files: well-formed, and free of what Odoo 19 refuses or, worse, silently ignores.

Only what oca-checks-odoo-module does not find.

    setup/lint/check_xml.py addons/trade_core/views/x.xml …
"""

import re
import sys
from collections.abc import Iterator

from lxml import etree

FIELD_RENAMES = {
    ("res.groups", "users"): "user_ids",
    ("res.users", "groups_id"): "group_ids",
    ("ir.actions.act_window", "groups_id"): "group_ids",
    ("ir.actions.server", "groups_id"): "group_ids",
    ("ir.actions.report", "groups_id"): "group_ids",
    ("ir.actions.client", "groups_id"): "group_ids",
    ("ir.ui.menu", "groups_id"): "group_ids",
    ("ir.ui.view", "groups_id"): "group_ids",
    ("ir.cron", "numbercall"): "nothing: jobs of ir.cron repeat for ever",
    ("ir.cron", "doall"): "nothing: it is gone",
}
HOUSE_XML_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")


def problems(path: str) -> Iterator[tuple[int, str]]:
    """The line and the sentence of everything that is wrong with a file."""
    try:
        tree = etree.parse(path)
    except (etree.XMLSyntaxError, OSError) as error:
        yield getattr(error, "lineno", None) or 1, f"is not well-formed: {error}"
        return
    root = tree.getroot()
    if root.tag != "odoo":
        return  # an OWL template, a fixture, an SVG
    for element in root.iter(etree.Element):
        line = element.sourceline
        yield from ((line, sentence) for sentence in _view_problems(element))
        if element.tag == "record":
            yield from _record_problems(element)
        identifier = element.get("id") if element.tag in ("record", "template", "menuitem") else None
        if identifier and not HOUSE_XML_ID.match(identifier):
            yield line, f'the id "{identifier}" is not lower_case_with_underscores'


def _view_problems(element) -> Iterator[str]:
    if element.tag == "tree":
        yield "<tree> is <list> in Odoo 19"
    for name in ("attrs", "states"):
        if element.get(name) is not None and element.tag in (
            "field",
            "button",
            "group",
            "page",
            "div",
            "span",
        ):
            yield f"{name}= is gone: write invisible=, readonly= or required= with a Python expression"
    if element.tag == "group" and any(parent.tag == "search" for parent in element.iterancestors()):
        for name in ("expand", "string"):
            if element.get(name) is not None:
                yield f"<group {name}=…> in a <search> stops the installation: leave {name} out"
    if element.tag in ("t", "kanban") and element.get("t-name") == "kanban-box":
        yield 'the kanban template is t-name="card" in Odoo 19'
    if element.tag == "field" and element.get("name") == "view_mode" and "tree" in (element.text or ""):
        yield "view_mode says tree, it is list in Odoo 19"


def _record_problems(record) -> Iterator[tuple[int, str]]:
    model = record.get("model")
    for field in record.findall("field"):
        instead = FIELD_RENAMES.get((model, field.get("name")))
        if instead:
            yield field.sourceline, f"{model} has no {field.get('name')} in Odoo 19; use {instead}"


def main(paths: list[str]) -> int:
    failed = False
    for path in paths:
        for line, sentence in problems(path):
            print(f"{path}:{line}: {sentence}")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
