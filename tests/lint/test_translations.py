"""What partners read is there in their language, whole and with its placeholders."""

import ast
import re
from collections import Counter
from pathlib import Path

import partner_texts
import polib
import pytest
import texts

from clusters import ROOT
from databases import our_addons

HOW = (
    "`make i18n` exports the texts again and brings the translations up to them. Then write what is empty "
    "into addons/<addon>/i18n/de.po, es.po and fr.po. Texts in f-strings are not found: take them out."
)
#: What stands in a text for something else: of Python, of a mail's subject (but for its words), of the error
#: catalogue, of HTML.
PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[\d.]*[sdgf]|\{\{.*?\}\}|\{\w+\}|<[^>]+>|&\w+;")
STRING = re.compile(r"\"[^\"]*\"")
#: Files whose texts partners read.
PARTNERS_FILES = ("*.py", "controllers/*.py", "kinds/*.py")


def of(addon):
    """The translations of an addon: language → file."""
    return {path.stem: polib.pofile(str(path)) for path in (ROOT / "addons" / addon / "i18n").glob("*.po")}


def placeholders(text):
    return Counter(STRING.sub("", found) for found in PLACEHOLDER.findall(text))


def told_apart(entry):
    """What is wrong with a translation, if anything."""
    if not entry.msgstr or entry.fuzzy:
        return "is not translated"
    if placeholders(entry.msgid) != placeholders(entry.msgstr):
        return f"has other placeholders as “{entry.msgstr}”"
    return None


def sentences(path):
    """The texts a Python file marks for translation, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("_", "_lt") and isinstance(node.args[0].value, str):
            yield node.lineno, node.args[0].value


@pytest.mark.parametrize("addon", texts.translated())
def test_every_text_is_translated_with_its_placeholders(addon):
    template = polib.pofile(str(ROOT / "addons" / addon / "i18n" / f"{addon}.pot"))
    files = of(addon)
    assert sorted(files) == sorted(texts.LANGUAGES), f"{addon} lacks a language. {HOW}"
    problems = [
        f"{addon}/i18n/{language}.po: “{entry.msgid}” {problem}"
        for language, file in files.items()
        for entry in file
        if (problem := told_apart(entry))
    ]
    for language, file in files.items():
        missing = {entry.msgid for entry in template} - {entry.msgid for entry in file}
        problems += [f"{addon}/i18n/{language}.po: “{text}” is missing" for text in sorted(missing)]
    assert not problems, "\n".join([*problems, HOW])


@pytest.mark.parametrize("addon", our_addons())
def test_sentences_partners_read_about_errors_are_translated(addon):
    """Also those that were added since the last export: they are compared with the code."""
    said = {text.source for text in partner_texts.of(addon)}
    files = of(addon) if said else {}
    assert not said or sorted(files) == sorted(texts.LANGUAGES), f"{addon} lacks a language. {HOW}"
    problems = [
        f"{addon}/i18n/{language}.po: “{text}” is not translated"
        for language, file in files.items()
        for text in sorted(said - {entry.msgid for entry in file.translated_entries()})
    ]
    if addon in partner_texts.PARTLY:
        template = polib.pofile(str(ROOT / "addons" / addon / "i18n" / f"{addon}.pot"))
        problems += [
            f"{addon}: “{entry.msgid}” is read by nobody" for entry in template if entry.msgid not in said
        ]
    assert not problems, "\n".join([*problems, HOW])


def test_the_sentences_are_found():
    """The ones of an error shown as it is, told otherwise, of a finding, of words, of labels."""
    kernel = {text.source for text in partner_texts.of("trade_kernel")}
    assert {
        "{field} is missing.",
        "We have no order {order} with you.",
        "Answer every line of the order.",
        "a whole number",
    } <= kernel
    assert "The order {order} is not known." not in kernel  # partners are told otherwise
    assert "VAT number" in {text.source for text in partner_texts.of("trade_core")}
    assert "Read orders" in {text.source for text in partner_texts.of("trade_http")}


@pytest.mark.parametrize(
    "addon", [name for name in texts.translated() if "portal" in name or "onboard" in name]
)
def test_what_partners_read_is_exported(addon):
    folder = ROOT / "addons" / addon
    known = {entry.msgid for entry in polib.pofile(str(folder / "i18n" / f"{addon}.pot"))}
    problems = [
        f"{path.relative_to(ROOT)}:{line}: “{text}” was not exported"
        for pattern in PARTNERS_FILES
        for path in sorted(folder.glob(pattern))
        for line, text in sentences(path)
        if text not in known
    ]
    assert not problems, "\n".join([*problems, HOW])


def test_a_text_that_is_not_translated_and_a_lost_placeholder_are_found():
    entry = polib.POEntry(msgid="%(kind)s <b>%s</b>", msgstr="")
    assert told_apart(entry) == "is not translated"
    entry.msgstr = "<b>%s</b> %(kinds)s"
    assert "other placeholders" in told_apart(entry)
    entry.msgstr = "<b>%s</b>: %(kind)s"
    assert told_apart(entry) is None
    assert "other placeholders" in told_apart(polib.POEntry(msgid="Line {line}.", msgstr="Zeile {zeile}."))


def test_a_translation_that_is_brought_up_to_its_template_keeps_what_is_there(tmp_path):
    template = polib.POFile()
    template.append(polib.POEntry(msgid="old"))
    template.append(polib.POEntry(msgid="new"))
    path = Path(tmp_path, "de.po")
    before = polib.POFile()
    before.append(polib.POEntry(msgid="old", msgstr="alt"))
    before.append(polib.POEntry(msgid="gone", msgstr="weg"))
    before.save(str(path))
    assert texts.merge(path, template) == 1
    assert {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} == {"old": "alt", "new": ""}


def test_words_of_a_mail_s_subject_may_be_translated_but_not_its_fields():
    assert placeholders('{{ "order" if a.b else "change" }}') == placeholders('{{ "B" if a.b else "Ä" }}')
    assert placeholders("{{ a.b }}") != placeholders("{{ a.c }}")
