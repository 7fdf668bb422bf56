"""From plain values to a canonical document, with every error at its place."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic.json_schema import GenerateJsonSchema

from ..catalogue import CATALOGUE
from ..errors import TradeErrors, ValidationFailed, said
from ..limits import DEFAULT, Limits
from ..partner_words import EMPTY, LIST, OBJECT, TEXT, WHOLE_NUMBER
from .account_statement import AccountStatement
from .acknowledgement import Acknowledgement
from .base import SCHEMA_VERSION, Document, shown
from .despatch_advice import DespatchAdvice
from .inventory_report import InventoryReport, ProductActivity
from .invoice import CreditNote, Invoice
from .order import Order, OrderCancellation, OrderChange, ShippingOrder
from .order_response import OrderResponse
from .party_update import PartyUpdate
from .price_catalogue import PriceCatalogue
from .quotation import Quotation
from .receipt_advice import ReceiptAdvice
from .remittance_advice import RemittanceAdvice
from .shipment_status import ShipmentStatus

#: the canonical documents by ``document_type``
DOCUMENTS: dict[str, type[Document]] = {
    document.model_fields["document_type"].default: document
    for document in (
        Order,
        OrderChange,
        OrderCancellation,
        OrderResponse,
        DespatchAdvice,
        ReceiptAdvice,
        Invoice,
        CreditNote,
        PriceCatalogue,
        InventoryReport,
        ProductActivity,
        ShipmentStatus,
        RemittanceAdvice,
        AccountStatement,
        PartyUpdate,
        ShippingOrder,
        Quotation,
        Acknowledgement,
    )
}

_EXPECTED = {
    "string_type": TEXT,
    "tuple_type": LIST,
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "int_type": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
}


def parse(values: Mapping[str, Any], limits: Limits = DEFAULT) -> Document:
    """The canonical document that ``values`` describe.

    :param values: as JSON gives them: text, whole numbers, ``Decimal``, lists and objects.
    :raise ValidationFailed: when there is one error.
    :raise TradeErrors: when there are several; all of them, up to ``limits.max_errors``.
    """
    document, errors = collect(values, limits)
    if document is None:
        raise errors[0] if len(errors) == 1 else TradeErrors(errors)
    return document


def collect(
    values: Any, limits: Limits = DEFAULT, place: str = ""
) -> tuple[Document | None, tuple[ValidationFailed, ...]]:
    """Like :func:`parse`, but hands the errors back instead of raising them.

    :param place: put before every pointer: where in the file the document stands.
    """
    if not isinstance(values, Mapping):
        error = ValidationFailed("json.not_an_object", pointer=place or "/", found=_kind(values))
        return None, (error,)
    name = values.get("document_type")
    document_class = DOCUMENTS.get(name) if isinstance(name, str) else None
    if document_class is None:
        code, params = "document.type_missing", {}
        if name is not None:
            code, params = "document.type_unknown", {"document_type": shown(name), "known": list(DOCUMENTS)}
        pointer = f"{place}/document_type"
        return None, (ValidationFailed(code, pointer=pointer, subject="document_type", **params),)
    for field in document_class.LINES:
        lines = values.get(field)
        if isinstance(lines, list | tuple) and len(lines) > limits.max_lines:
            params = {"lines": len(lines), "limit": limits.max_lines}
            return None, (ValidationFailed("document.too_many_lines", pointer=f"{place}/{field}", **params),)
    try:
        return document_class.model_validate(dict(values)), ()
    except ValidationError as error:
        return None, _translated(error, limits, place)


def json_schema(document_type: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a document type.

    :raise KeyError: when the type is unknown.
    """
    schema = DOCUMENTS[document_type].model_json_schema(schema_generator=_SchemaGenerator)
    head = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:tradelane:schema:{document_type}:{SCHEMA_VERSION}",
    }
    # Without a type nobody could tell what the document is, so it is required though it has a default.
    schema["required"] = ["document_type", *schema.get("required", ())]
    return head | schema


class _SchemaGenerator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema) -> bool:
        return False


def _translated(error: ValidationError, limits: Limits, place: str) -> tuple[ValidationFailed, ...]:
    found = []
    for detail in error.errors(include_url=False, include_input=True):
        if len(found) == limits.max_errors:
            found.append(ValidationFailed("errors.more", limit=limits.max_errors))
            break
        found.append(_translate(detail, place))
    return tuple(found)


def _translate(detail: Mapping[str, Any], place: str) -> ValidationFailed:
    location = detail["loc"]
    pointer = place + "".join("/" + escaped(step) for step in location)
    names = [step for step in location if isinstance(step, str)]
    field = ".".join(map(_name, names[-2:])) or "The document"
    # Positions differ from document to document; the field is what the partner has to correct.
    subject = "/".join("*" if isinstance(step, int) else _name(step) for step in location)
    code, params = _code_of(detail)
    params = {"field": field, **params}
    return ValidationFailed(code, pointer=pointer or "/", subject=subject or None, **params)


def _code_of(detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind, context, value = detail["type"], detail.get("ctx") or {}, detail.get("input")
    if kind in CATALOGUE:
        return kind, dict(context)
    if kind == "missing":
        return "field.missing", {}
    if kind == "extra_forbidden":
        return "field.unknown", {}
    if kind in _EXPECTED:
        return "field.type", {"expected": _EXPECTED[kind], "value": _kind(value)}
    if kind in ("string_pattern_mismatch", "string_unicode"):
        return "field.text", {}
    if kind == "string_too_long":
        return "field.too_long", {"limit": context["max_length"]}
    if kind == "string_too_short":
        return "field.too_short", {}
    if kind == "literal_error":
        return "field.value", {
            "value": shown(value),
            "reason": said("value.expected", values=context["expected"]),
        }
    return "field.value", {"value": shown(value), "reason": detail["msg"].rstrip(".").lower()}


def escaped(step: str | int) -> str:
    """One step of a JSON pointer (RFC 6901); unprintable names are shown as their escapes."""
    text = str(step).replace("~", "~0").replace("/", "~1")
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _name(step: str) -> str:
    """A field's name, short and printable: an unknown one may be anything."""
    return shown(step)[1:-1]


def _kind(value: Any) -> str | dict[str, Any]:
    if value is None:
        return EMPTY
    if isinstance(value, Mapping):
        return OBJECT
    if isinstance(value, list | tuple):
        return LIST
    if isinstance(value, bool):
        return "true" if value else "false"
    return said("value.the_text" if isinstance(value, str) else "value.the_number", value=shown(value))
