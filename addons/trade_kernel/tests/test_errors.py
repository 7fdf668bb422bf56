import ast
import functools
import json
import pickle
import string
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from .. import errors
from ..catalogue import CATALOGUE, register
from ..certification_words import WELL
from ..errors import (
    DeviationHeld,
    DuplicateIgnored,
    Ignored,
    MappingMissing,
    Superseded,
    TradeError,
    TradeErrors,
    ValidationFailed,
    rendered,
    said,
)
from ..partner_words import PARTNERS, PHRASES, phrase, tell

ADDONS = Path(__file__).parents[2]
CLASSES = {
    cls.__name__ for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, TradeError)
}


def unknown_code():
    return MappingMissing(
        "product.unknown",
        pointer="/order_lines/2/item",
        subject="GTIN:04012345678901",
        scheme="GTIN",
        value="4711",
    )


def test_an_error_says_what_is_wrong_and_what_to_do():
    error = unknown_code()
    assert str(error) == "No product is known for GTIN 4711."
    assert error.remedy.startswith("Choose the product")
    assert (error.exception_class, error.code, error.subject) == (
        "mapping",
        "product.unknown",
        "GTIN:04012345678901",
    )


@pytest.mark.parametrize(
    "error",
    [
        unknown_code(),
        DeviationHeld("response.deviates", order="P1", summary="Price too high"),
        Superseded("order.unknown", order="P1"),
        ValidationFailed(
            "gone.addon", amount=Decimal("1.50"), seen={"b", "a"}, on=date(2026, 3, 2), of=object
        ),
        TradeErrors([unknown_code(), ValidationFailed("file.empty")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_json_and_pickle(error):
    stored = json.loads(json.dumps(error.as_dict()))
    for again in (TradeError.from_dict(stored), pickle.loads(pickle.dumps(error))):
        assert type(again) is type(error)
        assert again.as_dict() == error.as_dict()
        assert str(again) == str(error)
        assert [part.as_dict() for part in again.errors] == [part.as_dict() for part in error.errors]


def test_an_error_of_an_addon_that_is_gone_keeps_its_sentence():
    stored = unknown_code().as_dict() | {"code": "gone.code", "type": "GoneClass", "message": "It was so."}
    again = TradeError.from_dict(stored)
    assert (str(again), again.exception_class) == ("It was so.", "mapping")


def test_an_error_of_a_class_that_never_was_is_internal():
    assert TradeError.from_dict({"code": "x.y", "exception_class": "weather"}).exception_class == "internal"


def test_without_a_catalogue_entry_the_parameters_speak():
    assert str(ValidationFailed("some_thing.odd", row=4)) == "Some thing odd: row 4."


def test_text_that_nothing_can_store_is_shown_as_its_escapes():
    error = ValidationFailed("gone.code", value="a\0b\ud800")
    assert error.params == {"value": r"a\x00b\ud800"}
    json.dumps(error.as_dict()).encode()
    str(error).encode()


def test_braces_in_a_value_are_only_text():
    assert str(ValidationFailed("currency.unknown", value="{field.__class__}")).startswith(
        "{field.__class__} is"
    )


def test_several_errors_are_one_with_the_first_ones_class():
    several = TradeErrors([unknown_code(), TradeErrors([ValidationFailed("file.empty"), unknown_code()])])
    assert len(several.errors) == 3
    assert several.exception_class == "mapping"
    assert str(several) == (
        "3 problems: No product is known for GTIN 4711. The file is empty. No product is known for GTIN 4711."
    )
    with pytest.raises(ValueError, match="at least one"):
        TradeErrors([])


def test_what_is_ignored_is_no_problem_of_its_own_kind():
    assert issubclass(DuplicateIgnored, Ignored)
    assert issubclass(Superseded, Ignored)
    assert issubclass(DeviationHeld, errors.BusinessRefused)


def test_a_code_means_one_thing():
    register("file.empty", *CATALOGUE["file.empty"])
    with pytest.raises(ValueError, match="another meaning"):
        register("file.empty", "Something else.", "Do something else.")


def calls(*names):
    """Every call of one of ``names`` in the suite's own code, as ``(file, call)``."""
    for path, name, node in all_calls():
        if name in names:
            yield path, node


@functools.cache
def all_calls():
    return [
        (path.relative_to(ADDONS), getattr(node.func, "id", None) or getattr(node.func, "attr", None), node)
        for path in sorted(ADDONS.glob("trade_*/**/*.py"))
        if not {"tests", "static"} & set(path.relative_to(ADDONS).parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


@functools.cache
def registrations():
    """Every entry added to the catalogue: other things are registered elsewhere under the same name."""
    return [(path, call) for path, call in calls("register") if path in _registering()]


@functools.cache
def _registering():
    return {
        path.relative_to(ADDONS)
        for path in ADDONS.glob("trade_*/**/*.py")
        if "register" in _imported(path, "errors", "catalogue") or path.name == "catalogue.py"
    }


def _imported(path, *modules):
    return {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] in modules
        for alias in node.names
    }


def first_text(call):
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_every_code_that_is_raised_has_its_sentences():
    registered = set(CATALOGUE) | {first_text(call) for _path, call in registrations()}
    raised = [(str(path), call.lineno, first_text(call)) for path, call in calls(*CLASSES, "refused")]
    assert len({code for *_place, code in raised}) > 40  # the search finds what it is for
    assert [place for place in raised if place[2] and place[2] not in registered] == []


def test_the_kernel_has_no_sentence_that_nobody_says():
    assert sorted(set(CATALOGUE) - {node.value for node in all_texts()}) == []


_WORDS = ("catalogue.py", "partner_words.py")


def all_texts():
    """Every text in the code outside the catalogue: some codes are chosen before they are raised."""
    for path in sorted(ADDONS.glob("trade_*/**/*.py")):
        if not {"tests", "static"} & set(path.relative_to(ADDONS).parts) and path.name not in _WORDS:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node


def sentences():
    """Code, message, remedy of every entry in the suite, read from the code."""
    for path, call in registrations():
        texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        if len(texts) == 3:
            yield str(path), *texts
    for code, entry in CATALOGUE.items():
        yield "the kernel", code, *entry


@pytest.mark.parametrize("place, code, message, remedy", sorted(set(sentences())))
def test_a_sentence_is_a_sentence(place, code, message, remedy):
    assert code == code.lower() and "." in code
    if code in WELL:
        assert remedy == ""
    for sentence in (message,) if code in WELL else (message, remedy):
        assert sentence[0].isupper() or sentence[0] == "{", sentence
        assert sentence.endswith((".", "}")), sentence


def placeholders(template):
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


def test_a_raised_code_gives_its_sentence_every_value_it_names():
    wanted = {
        code: placeholders(message) | placeholders(remedy) for _place, code, message, remedy in sentences()
    }
    missing = []
    for path, call in calls(*CLASSES):
        given = {keyword.arg for keyword in call.keywords}
        code = first_text(call)
        if code and None not in given:
            missing += [(str(path), call.lineno, name) for name in wanted.get(code, set()) - given]
    assert missing == []


# -- what partners read --------------------------------------------------------------------------------

#: malformed settings and messages of ours: partners read that it is our turn
_OURS = {
    "codec.cannot_carry",
    "codec.cannot_cut",
    "codec.option",
    "codec.unknown",
    "connector.address_missing",
    "edi.segment",
    "file.encoding_unknown",
    "gs1.unreadable",
    "hook.pointer",
    "hook.scheme",
    "hook.secret",
    "hook.unreadable",
    "layout.expression",
    "layout.invalid",
    "layout.missing",
    "layout.piece",
    "layout.timezone",
    "secret.malformed",
    "secret.short",
    "signature.message_id",
    "ubl.no_schemas",
}


def test_partners_read_every_error_of_their_documents():
    """Whoever adds one decides: ``show`` or ``tell`` in its addon, or it is a matter of ours."""
    kernel = {
        first_text(call)
        for path, call in calls("ValidationFailed", "refused")
        if path.parts[0] == "trade_kernel" and first_text(call)
    }
    assert len(kernel) > 40
    assert sorted(kernel - set(PARTNERS) - _OURS) == []
    assert sorted(_OURS & set(PARTNERS)) == []


def test_what_partners_read_says_no_more_than_is_known():
    for code, told in PARTNERS.items():
        known = CATALOGUE.get(code) or (PHRASES[code], "")
        assert placeholders(told.message) <= placeholders("".join(known)), code


def test_a_sentence_may_stand_in_a_sentence():
    words = {"code": "file.empty"}
    error = ValidationFailed(
        "xml.syntax", line=1, column=2, detail=said("certification.refused", reason=words)
    )
    assert (
        error.message == "This is not XML at line 1, column 2: Refused, as it should be: The file is empty.."
    )
    again = errors.TradeError.from_dict(json.loads(json.dumps(error.as_dict())))
    assert again.message == error.message
    spoken = rendered("{a}, {b}", {"a": words, "b": [words, 3]}, lambda code, params: f"<{code}>")
    assert spoken == "<file.empty>, <file.empty>, 3"
    assert rendered("{a}", {"a": {"code": "never.heard", "params": {"x": 1}}}) == "Never heard: x 1."


def test_partners_read_one_thing_about_a_code():
    tell("order.unknown", *PARTNERS["order.unknown"][1:3])  # from another place of the same addon
    with pytest.raises(ValueError, match="something else"):
        tell("order.unknown", "Something else.", "Do something else.")
    with pytest.raises(ValueError, match="something else"):
        phrase("value.list", "lists")
