"""Answers: to an order, and to any document."""

from .._xml_reading import number_lines, reason_note, take_reason
from .._xml_table import Table, field, group, must
from .kinds import ABSENT, CODE, INDICATOR, MONEY, QUANTITY, Codes
from .parts import (
    DELIVERY,
    DOCUMENT_REFERENCE,
    ITEM,
    ORDER_REFERENCE,
    PARTY,
    PRICE,
    head,
)

#: UNCL 4343, with the codes of UNTDID 1225 that older profiles use, and words
RESPONSES = Codes(
    {"AB": "AB", "AP": "AP", "CA": "CA", "RE": "RE"},
    {"29": "AP", "30": "CA", "4": "CA", "27": "RE", "accepted": "AP", "rejected": "RE", "conditional": "CA"},
    strict=True,
)
#: UNTDID 1229, and the words of UBL's own list. "Disputed" is none of ours: it says no, but not to what.
STATUSES = Codes(
    {"5": "5", "3": "3", "7": "7", "1": "1", "42": "42"},
    {"accepted": "5", "revised": "3", "cancelled": "7", "rejected": "7", "added": "1", "nostatus": "5"},
    strict=True,
)
#: the delivery that stands for what follows later
BACKORDER = "BACKORDER"


# --- order response -------------------------------------------------------------------------------
def _line(line, _reading):
    line.pop("_substitute", None)
    notes = line.pop("_notes", []) + line.pop("_item_notes", [])
    if reason := take_reason(notes):
        line["reason_code"] = reason
    if notes:
        line["note"] = notes
    line["deliveries"] = [delivery for delivery in line.get("deliveries", ()) if delivery]
    for delivery in line["deliveries"]:
        if delivery.get("id") == BACKORDER and set(delivery) == {"id", "promised_delivery_period"}:
            line["backorder_delivery_period"] = delivery["promised_delivery_period"]
            line["deliveries"].remove(delivery)
            break
    if len(line["deliveries"]) == 1 and set(line["deliveries"][0]) == {"promised_delivery_period"}:
        line["promised_delivery_period"] = line["deliveries"].pop()["promised_delivery_period"]
    if not line["deliveries"]:
        del line["deliveries"]


def _line_before(line):
    line["_notes"] = line.pop("note", [])
    if reason := line.pop("reason_code", None):
        line["_notes"].append(reason_note(reason))
    deliveries = line.setdefault("deliveries", [])
    if (promised := line.pop("promised_delivery_period", None)) and not deliveries:
        deliveries.append({"promised_delivery_period": promised})
    if later := line.pop("backorder_delivery_period", None):
        deliveries.append({"id": BACKORDER, "promised_delivery_period": later})
    if "seller_substituted_item" in line:
        line["_substitute"] = {"id": line["id"]}


RESPONSE_LINE = Table(
    field("cbc:Note*", "_notes"),
    field("cac:LineItem/cbc:ID", "id"),
    field("cac:LineItem/cbc:Note*", "_item_notes"),
    field("cac:LineItem/cbc:LineStatusCode", "line_status_code", STATUSES),
    field("cac:LineItem/cbc:Quantity", "quantity", QUANTITY),
    field("cac:LineItem/cbc:LineExtensionAmount", "line_extension_amount", MONEY),
    field("cac:LineItem/cbc:MaximumBackorderQuantity", "maximum_backorder_quantity", QUANTITY),
    group("cac:LineItem/cac:Delivery*", "deliveries", DELIVERY),
    group("cac:LineItem/cac:Price", "price", PRICE),
    group("cac:LineItem/cac:Item", "item", ITEM, must=True),
    field("cac:SellerSubstitutedLineItem/cbc:ID", "_substitute.id"),
    group("cac:SellerSubstitutedLineItem/cac:Item", "seller_substituted_item", ITEM),
    field("cac:OrderLineReference/cbc:LineID", "order_line_reference.line_id"),
    extends=True,
    after=_line,
    before=_line_before,
)


def _response(response, reading):
    lines = response.get("order_lines", ())
    number_lines(lines)
    for line in lines:
        _complete(line, response.get("order_response_code"))
    if "order_response_code" not in response:
        response["order_response_code"] = _summary(lines)


def _complete(line, code):
    """What old profiles leave out: there the line has the number of the order's, and the header's answer."""
    if "line_status_code" not in line:
        says = set(line) & {
            "quantity",
            "price",
            "promised_delivery_period",
            "deliveries",
            "seller_substituted_item",
        }
        status = {"AP": "5", "RE": "7"}.get(code) or ("3" if says else None)
        if status:
            line["line_status_code"] = status
    if "order_line_reference" not in line and line.get("line_status_code") != "1":
        line["order_line_reference"] = {"line_id": line["id"]}


def _summary(lines) -> str:
    statuses = {line.get("line_status_code") for line in lines}
    if not statuses:
        return "AB"
    return {"5": "AP", "7": "RE"}.get(statuses.pop(), "CA") if len(statuses) == 1 else "CA"


_PARTIES = (
    group("cac:SellerSupplierParty/cac:Party", "seller_supplier_party", PARTY),
    must("cac:SellerSupplierParty"),
    group("cac:BuyerCustomerParty/cac:Party", "buyer_customer_party", PARTY),
    must("cac:BuyerCustomerParty"),
)
ORDER_RESPONSE = Table(
    *head(field("cbc:OrderResponseCode", "order_response_code", RESPONSES)),
    field("cbc:DocumentCurrencyCode", "document_currency_code", CODE),
    field("cbc:PricingCurrencyCode", "document_currency_code", CODE, fallback=True),
    field("cbc:LineCountNumeric", "_envelope.line_count"),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
    field("cbc:SalesOrderID", "order_reference.sales_order_id", fallback=True),
    group("cac:AdditionalDocumentReference*", "additional_document_reference", DOCUMENT_REFERENCE),
    *_PARTIES,
    group("cac:Delivery", "delivery", DELIVERY),
    group("cac:OrderLine*", "order_lines", RESPONSE_LINE),
    after=_response,
)


def _simple(response, _reading):
    accepted = response.pop("_accepted", None)
    if isinstance(accepted, bool):
        response["order_response_code"] = "AP" if accepted else "RE"
    if notes := response.pop("_rejections", None):
        response["note"] = [*response.get("note", ()), *notes]


#: only read: what we answer has more to say
ORDER_RESPONSE_SIMPLE = Table(
    *head(),
    field("cbc:AcceptedIndicator", "_accepted", INDICATOR),
    field("cbc:RejectionNote*", "_rejections"),
    group("cac:OrderReference", "order_reference", ORDER_REFERENCE),
    *_PARTIES,
    after=_simple,
)


# --- application response -------------------------------------------------------------------------
#: UNCL 4343, as in Peppol's message level response and invoice response
ACKNOWLEDGED = Codes(
    {
        "AB": "received",
        "AP": "accepted",
        "CA": "accepted_with_errors",
        "UQ": "under_query",
        "RE": "rejected",
    },
    {"ip": "received", "pd": "accepted", "acceptance": "accepted", "rejection": "rejected"},
    strict=True,
)
_LINE_ERROR = Table(
    field("cac:LineReference/cbc:LineID", "line_id", ABSENT),
    must("cac:LineReference"),
    field("cac:Response/cbc:ResponseCode", "_code", CODE),
    field("cac:Response/cbc:Description", "text"),
    field("cac:Response/cac:Status/cbc:StatusReasonCode", "code", CODE),
    field("cac:Response/cac:Status/cbc:StatusReason", "text", fallback=True),
)


_STATUS = Table(
    field("cbc:StatusReasonCode", "code", CODE),
    field("cbc:StatusReasonCode/@listID", "list_id"),
    field("cbc:StatusReason", "text"),
)
#: the lists Peppol's invoice response wants to be named
_ANSWER_LIST, _TYPE_LIST = "UNCL4343OpSubset", "UNCL1001"


def _document(document, _reading):
    for name in ("_answer_list", "_type_list"):
        document.pop(name, None)
    errors = document.get("errors", [])
    for error in errors:
        error.pop("_code", None)
    if error := document.pop("_error", None):
        errors.insert(0, error)
    if errors:
        document["errors"] = errors


def _document_before(document):
    if document.get("statuses"):
        document["_answer_list"] = _ANSWER_LIST
        if document.get("document_type_code"):
            document["_type_list"] = _TYPE_LIST
    for error in document.get("errors", ()):
        error["_code"] = "RE"


_DOCUMENT_RESPONSE = Table(
    field("cac:Response/cbc:ResponseCode", "response_code", ACKNOWLEDGED),
    field("cac:Response/cbc:ResponseCode/@listID", "_answer_list"),
    field("cac:Response/cbc:Description", "_error.text"),
    group("cac:Response/cac:Status*", "statuses", _STATUS),
    field("cac:DocumentReference/cbc:ID", "document_id", ABSENT),
    field("cac:DocumentReference/cbc:DocumentTypeCode", "document_type_code", CODE),
    field("cac:DocumentReference/cbc:DocumentTypeCode/@listID", "_type_list"),
    must("cac:DocumentReference"),
    group("cac:LineResponse*", "errors", _LINE_ERROR),
    after=_document,
    before=_document_before,
)


def _acknowledgement(answer, _reading):
    answer["level"] = "application"
    codes = {response.get("response_code") for response in answer.get("responses", ())} or {"received"}
    if len(codes) == 1:
        [answer["response_code"]] = codes
    elif codes & {"rejected", "under_query", "accepted_with_errors"}:
        answer["response_code"] = "accepted_with_errors"
    else:
        answer["response_code"] = "received"


def _acknowledgement_before(answer):
    """The answer to the whole is one to the file, when no document is named."""
    if not answer.get("responses"):
        answer["responses"] = [
            {
                "response_code": answer["response_code"],
                "document_id": answer.get("interchange_reference"),
                "errors": answer.get("errors", []),
            }
        ]


APPLICATION_RESPONSE = Table(
    *head(),
    group("cac:SenderParty", "sender_party", PARTY),
    must("cac:SenderParty"),
    group("cac:ReceiverParty", "receiver_party", PARTY),
    must("cac:ReceiverParty"),
    group("cac:DocumentResponse*", "responses", _DOCUMENT_RESPONSE),
    after=_acknowledgement,
    before=_acknowledgement_before,
)
