"""What people read in other languages: texts exported to `i18n/<addon>.pot`, the `.po` brought up to them."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import partner_texts
import polib

import databases
from clusters import ROOT, Cluster, SetupError

LANGUAGES = ("de", "es", "fr")
#: Would differ with every export.
_DATES = ("POT-Creation-Date", "PO-Revision-Date")


def translated() -> list[str]:
    """The names of our addons that have translations."""
    return sorted({*partner_texts.PARTLY, *(path.parent.name for path in (ROOT / "addons").glob("*/i18n"))})


def export(target: Cluster, database: str, addons: Iterable[str]) -> dict[Path, int]:
    """Write the texts of addons as they are on a database, and merge them into their translations. Of those
    that partners only meet a part of, that part.

    :return: translation → how many of its texts have to be translated
    :raise SetupError: Odoo failed
    """
    addons = list(addons)
    if whole := [addon for addon in addons if addon not in partner_texts.PARTLY]:
        config = databases.write_config(target, database)
        command = [*databases.ODOO, "i18n", "export", "-c", str(config), "-d", database, *whole]
        if subprocess.call(command):
            raise SetupError(f"Odoo could not export the texts of {', '.join(whole)} from {database}.")
    return {path: merge(path, template) for addon in addons for path, template in _files(addon)}


def merge(path: Path, template: polib.POFile) -> int:
    """Bring a translation up to the template; what is there no more leaves it, what is new is empty.

    :return: how many of its texts have to be translated
    """
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {entry.msgid: entry.msgstr for entry in old}
    new = polib.POFile(wrapwidth=78)
    new.header = template.header
    new.metadata = template.metadata | {"Language": path.stem}
    for entry in template:
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    new.save(str(path))
    return len(new.untranslated_entries())


def _files(addon: str) -> list[tuple[Path, polib.POFile]]:
    """The translations of an addon, each with its template, freed of what changes with every export."""
    folder = ROOT / "addons" / addon / "i18n"
    if addon in partner_texts.PARTLY:
        folder.mkdir(exist_ok=True)
        template = partner_texts.template(addon)
    else:
        template = polib.pofile(str(folder / f"{addon}.pot"), wrapwidth=78)
        partner_texts.complete(template, addon)
    for name in _DATES:
        template.metadata.pop(name, None)
    template.save(str(folder / f"{addon}.pot"))
    return [(folder / f"{language}.po", template) for language in LANGUAGES]
