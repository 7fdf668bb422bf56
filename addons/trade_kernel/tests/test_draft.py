from decimal import Decimal

import pytest

from ..canonical import parse
from ..codecs import get
from ..codecs._draft import Draft
from ..codecs._edi.syntax import EDIFACT, segments
from ..codecs._verify import differences, verified
from ..codecs.base import Decoded
from ..errors import ValidationFailed
from ..limits import Limits
from .samples import order


def segment(number=12):
    return list(segments("LIN+1'", EDIFACT, number))[0]


def draft_of(values):
    draft = Draft("order", "segment 1 UNH")
    for name, value in values.items():
        draft.put((name,), value)
    return draft


def test_values_are_put_where_the_path_says():
    draft = Draft("order")
    draft.put(("buyer_customer_party", "party_identification", 0, "id"), " 1 ")
    draft.put(("note", 0), "a")
    assert draft.append(("note",), "b") == 1
    assert draft.append(("note",), " ") == -1
    draft.put(("buyer_customer_party", "party_name"), " ")
    draft.put(("id",), None)
    assert draft.values == {
        "document_type": "order",
        "buyer_customer_party": {"party_identification": [{"id": "1"}]},
        "note": ["a", "b"],
    }
    assert draft.get(("note", 1)) == "b"
    assert draft.get(("note", 5), "none") == draft.get(("x", "y"), "none") == "none"


def test_a_complete_draft_is_a_document():
    document, errors = draft_of(order()).finish()
    assert (document, errors) == (parse(order()), ())


def test_errors_are_where_the_value_came_from_in_the_order_of_the_file():
    draft = draft_of({name: value for name, value in order().items() if name != "order_lines"})
    line = draft.line("order_lines", (segment(12),))
    draft.put(("order_lines", line, "id"), "1", (segment(12), 1))
    draft.put(("order_lines", line, "quantity"), {"value": "x", "unit_code": "C62"}, (segment(14), 1, 2))
    draft.fail(ValidationFailed("field.missing", pointer="segment 15 PRI", field="price"))
    draft.put(("note", 0), "a\0", "segment 20 FTX")
    document, errors = draft.finish()
    assert document is None
    assert [(error.code, error.pointer) for error in errors] == [
        ("field.missing", "segment 12 LIN (/order_lines/0/item)"),
        ("number.invalid", "segment 14 LIN, element 1, component 2 (/order_lines/0/quantity/value)"),
        ("field.missing", "segment 15 PRI"),
        ("field.text", "segment 20 FTX (/note/0)"),
    ]


def test_what_is_missing_as_a_whole_is_where_the_document_begins():
    _document, errors = Draft("order", (segment(1),)).finish()
    assert "segment 1 LIN (/id)" in [error.pointer for error in errors]


def test_errors_end_at_the_limit():
    draft = draft_of(order())
    for _count in range(5):
        draft.fail(ValidationFailed("file.empty"))
    _document, errors = draft.finish(Limits(max_errors=3))
    assert [error.code for error in errors] == ["file.empty"] * 3 + ["errors.more"]
    assert draft.failed


class Forgetful:
    """A codec that loses what its name says."""

    def __init__(self, lose):
        self.lose = lose

    def decode(self, data, options):
        for part in get("canonical_json").decode(data, options):
            yield Decoded(self.lose(part.document))


def test_what_would_get_lost_is_not_sent():
    document = parse(order(note=["Handle with care"]))
    data = document.as_json().encode()
    assert verified(get("canonical_json"), data, [document], {}) == data
    codec = Forgetful(lambda document: document.model_copy(update={"note": ()}))
    with pytest.raises(ValidationFailed) as caught:
        verified(codec, data, [document], {})
    assert (caught.value.code, caught.value.pointer) == ("codec.cannot_carry", "/note")
    with pytest.raises(ValidationFailed, match="not read back"):
        verified(get("canonical_json"), data, [document, document], {})
    with pytest.raises(ValidationFailed, match="several documents"):
        verified(get("canonical_json"), b"[%s,%s]" % (data, data), [document], {})


def test_differences_are_found_at_their_place():
    before, after = (
        {"a": [1, {"b": 2}], "c": Decimal(1)},
        {"a": [1, {"b": 3}, 4], "c": Decimal("1.0"), "d": 5},
    )
    assert list(differences(before, after)) == [("/a/1/b", 2, 3), ("/a/2", None, 4), ("/d", None, 5)]
