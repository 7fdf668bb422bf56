"""Whole roads with a supplier that nothing of ours speaks for: mock-edi takes each order and answers it, in
X12 and in EDIFACT, over a real SFTP server: acknowledgement, answer, despatch advice, invoice."""

from decimal import Decimal
from typing import NamedTuple

import pytest
from counterparty import Counterparty, Customer
from file_road import FileRoad, edi_routes
from mockedi.testing import Document
from road import until

import harness

THEM = "WOODCORNER"
#: two articles of its catalogue, which it delivers within two days
PRICES = {"WIDGET-001": 12.5, "CABLE-2M": 3.95}
#: mock-edi's kinds, in the order they come in, and ours
KINDS = {
    "acknowledgment": "acknowledgement",
    "response": "order_response",
    "despatch": "despatch_advice",
    "invoice": "invoice",
}

#: mock-edi's kind of TA1, which X12 has beside the 997
ENVELOPE = "interchange-acknowledgment"


class Language(NamedTuple):
    """:ivar us: our id, with its qualifier
    :ivar sets: what order, acknowledgement, answer, despatch advice and invoice are called
    :ivar options: how this supplier wants our orders
    :ivar unknown: segments of the standard that mock-edi's dictionary has not, or not at their place
    """

    codec: str
    us: str
    version: str
    sets: tuple[str, ...]
    options: dict
    unknown: tuple[str, ...]


LANGUAGES = [
    Language(
        "x12",
        "ZZ:TRADELANE",
        "004010",
        ("850", "997", "855", "856", "810"),
        {"units": {"EA": "C62"}, "qualifiers": {"seller": "VP"}},
        ("AMT",),
    ),
    Language(
        "edifact",
        "14:4099999000006",
        "D:96A:UN",
        ("ORDERS", "CONTRL", "ORDRSP", "DESADV", "INVOIC"),
        {"units": {"PCE": "C62"}},
        ("CTA", "COM", "MOA"),
    ),
]


class CounterpartyRoad(FileRoad):
    """A supplier that is mock-edi: ``them`` is what it sees of us."""

    goods = PRICES
    days = 2

    def __init__(self, odoo, counterparty, language):
        super().__init__(odoo)
        self.counterparty, self.language = counterparty, language
        self.company = {f"trade_{language.codec}_id": language.us}
        self.identifiers = {language.codec: f"ZZ:{THEM}"}
        self.routes = edi_routes(
            language.codec, tuple(KINDS.values())[1:], {"codec_options": language.options}
        )

    def _set_up(self):
        super()._set_up()
        qualifier, ident = self.language.us.split(":")
        values = {
            "id": ident,
            "name": "Our company",
            "qualifier": qualifier,
            "dialect": self.language.codec.upper(),
            "version": self.language.version,
        }
        self.them = Customer(self.counterparty, self, values)

    def order(self, *quantities):
        """A confirmed order of so much of each article, which the supplier has taken.

        :return: ``(id, number, what the supplier said to the file)``
        """
        lines = list(zip(self.products, quantities, PRICES.values(), strict=False))
        self.them.answers()  # of what was sent before
        order, number = self.confirm_lines(lines)
        [said] = self.carried(lambda said: said["transactionSets"][0]["kind"] == "order")
        return order, number, said

    def carried(self, wanted, count=1):
        """Wait until the supplier has taken so many files of ours as are ``wanted``; what it said."""
        found = []

        def look():
            found.extend(said for said in self.them.take() if wanted(said))
            return len(found) >= count and found

        return until(look, lambda: f"{len(found)} of {count} files came: {found}")

    def of_order(self, kind, state, number):
        """The one message of a kind about an order, once it is in a state, and its document."""
        return self.wait_for_message(kind, state, ("thread", "=", number), ("direction", "=", "in"))


@pytest.fixture(scope="module")
def running():
    with (
        Counterparty(THEM) as counterparty,
        harness.database("e2e_counterparty") as database,
        harness.Server(database, workers=2) as odoo,
    ):
        yield counterparty, odoo.wait_for_jobs()


@pytest.fixture(scope="module", params=LANGUAGES, ids=[f"{language.codec}_road" for language in LANGUAGES])
def road(request, running):
    counterparty, odoo = running
    with CounterpartyRoad(odoo, counterparty, request.param) as road:
        yield road


@pytest.fixture(autouse=True)
def accepting(road):
    road.them.behave("accept")


def decimals(values):
    return [Decimal(value) for value in values]


def wait_state(road, order, state):
    return until(
        lambda: (found := road.order_message(order))["state"] == state and found,
        lambda: f"the order is {road.order_message(order)}",
    )


def check_despatch(document, theirs, number):
    """What the supplier says it shipped, by its own account and by ours."""
    assert document["id"] == theirs.shipment_id
    assert document["order_reference"]["id"] == number
    assert document["shipment"]["tracking_id"] == [theirs.tracking]
    assert document["shipment"]["actual_despatch_date"] == str(theirs.shipped_on)
    lines = document["despatch_lines"]
    assert [line["order_line_reference"]["line_id"] for line in lines] == [item.line for item in theirs.items]
    assert [line["item"]["sellers_item_identification"]["id"] for line in lines] == [
        item.sku for item in theirs.items
    ]
    shipped = [line["delivered_quantity"]["value"] for line in lines]
    assert decimals(shipped) == [item.quantity for item in theirs.items]


def check_invoice(document, theirs, number):
    """What the supplier bills: its lines make its total."""
    assert document["id"] == theirs.invoice_number
    assert document["order_reference"]["id"] == number
    assert [one["id"] for one in document["despatch_document_reference"]] == [theirs.shipment_id]
    lines = document["invoice_lines"]
    billed = decimals(line["quantity"]["value"] for line in lines)
    prices = decimals(line["price"]["price_amount"]["value"] for line in lines)
    assert list(zip(billed, prices, strict=True)) == [(line.quantity, line.price) for line in theirs.lines]
    total = sum(quantity * price for quantity, price in zip(billed, prices, strict=True))
    assert Decimal(document["legal_monetary_total"]["payable_amount"]["value"]) == total == theirs.total


def of_order(road, kind, number):
    return road.messages(kind, ("thread", "=", number), ("direction", "=", "in"))


def test_an_order_is_acknowledged_answered_shipped_and_billed(road):
    order, number, said = road.order(10, 4)
    [sent] = said["transactionSets"]
    assert (sent["code"], sent["accepted"]) == (road.language.sets[0], True)
    known = [finding for finding in sent["findings"] if not finding.startswith(road.language.unknown)]
    assert known in ([], ["one or more segments in error"])
    assert road.order_message(order)["state"] == "sent", "open until they could read it"

    answers = road.them.answers()
    assert [kind for kind in answers if kind != ENVELOPE] == list(KINDS)
    if ENVELOPE in answers:
        road.them.hand_over(answers[ENVELOPE])
        road.wait_for_message("acknowledgement", "applied", ("direction", "=", "in"))
        assert road.order_message(order)["state"] == "sent", "only the envelope was looked at"
    road.them.hand_over(answers["acknowledgment"])
    wait_state(road, order, "acknowledged")

    road.them.hand_over(answers["response"])
    road.of_order("order_response", "applied", number)
    promised = Document(answers["response"]).as_response()
    lines = road.admin.find(
        "purchase.order.line", [("order_id", "=", order)], ["product_qty", "price_unit", "date_planned"]
    )
    assert [(line["product_qty"], line["price_unit"], line["date_planned"][:10]) for line in lines] == [
        (float(line.confirmed), float(line.price), str(line.scheduled_on)) for line in promised.lines
    ]

    road.them.hand_over(answers["despatch"])
    _message, document = road.of_order("despatch_advice", "applied", number)
    check_despatch(document, Document(answers["despatch"]).as_despatch(), number)

    road.them.hand_over(answers["invoice"])
    message, document = road.of_order("invoice", "held", number)
    assert "15 % of 140.80 USD is 21.12 USD, the document says 0.00 USD" in message["state_reason"]
    check_invoice(document, Document(answers["invoice"]).as_invoice(), number)

    told = [
        one for said in road.carried(lambda said: said["acknowledged"], 3) for one in said["acknowledged"]
    ]
    assert sorted(one["code"] for one in told) == sorted(road.language.sets[2:])
    assert all(one["matched"] and one["status"] == "accepted" for one in told), told
    assert not [one for one in road.them.mock.unacknowledged() if one["partner"] == road.them.id]


def test_the_same_files_again_change_nothing(road):
    order, number, _said = road.order(10)
    answers = road.them.answers()
    for payload in answers.values():
        road.them.hand_over(payload)
    wait_state(road, order, "acknowledged")
    for kind, state in (("order_response", "applied"), ("despatch_advice", "applied"), ("invoice", "held")):
        road.of_order(kind, state, number)
    road.carried(lambda said: said["acknowledged"], 3)
    before = road.admin.read("purchase.order", order, ["write_date", "order_line"])

    for payload in answers.values():  # under other names
        road.them.hand_over(payload)
    road.wait_fetched()
    for kind, states in (
        ("order_response", ["applied", "ignored"]),
        ("despatch_advice", ["applied", "ignored"]),
        ("invoice", ["held", "ignored"]),
    ):
        until(
            lambda kind=kind, states=states: [one["state"] for one in of_order(road, kind, number)] == states,
            lambda kind=kind: f"{kind}: {of_order(road, kind, number)}",
        )
    assert road.admin.read("purchase.order", order, ["write_date", "order_line"]) == before
    assert road.order_message(order)["state"] == "acknowledged"


def test_what_comes_short_waits_for_the_buyer_and_is_shipped_and_billed_short(road):
    road.them.behave("short-ship")
    order, number, _said = road.order(10)
    answers = road.them.answers()
    road.them.hand_over(answers["response"])
    message, document = road.of_order("order_response", "held", number)
    [promised] = Document(answers["response"]).as_response().lines
    assert promised.short_by > 0
    [line] = document["order_lines"]
    assert Decimal(line["quantity"]["value"]) == promised.confirmed
    assert f"{promised.short_by} of 10" in message["state_reason"] or (
        f"Quantity {promised.confirmed} instead of 10" in message["state_reason"]
    )
    [line] = road.admin.find("purchase.order.line", [("order_id", "=", order)], ["product_qty"])
    assert line["product_qty"] == 10

    for kind, check in (("despatch", check_despatch), ("invoice", check_invoice)):
        road.them.hand_over(answers[kind])
        state = "applied" if kind == "despatch" else "held"
        _message, document = road.of_order(KINDS[kind], state, number)
        theirs = Document(answers[kind])
        check(document, theirs.as_despatch() if kind == "despatch" else theirs.as_invoice(), number)


def test_a_line_they_reject_waits_for_the_buyer_with_their_reason(road):
    road.them.behave("reject-line")
    _order, number, _said = road.order(10, 4)
    answers = road.them.answers()
    road.them.hand_over(answers["response"])
    message, document = road.of_order("order_response", "held", number)
    assert "Line 2" in message["state_reason"] and "Line 1" not in message["state_reason"]
    _taken, rejected = document["order_lines"]
    assert rejected["note"] == ["CABLE-2M is discontinued"]
    # mock-edi says it in X12 by its code, in EDIFACT by a quantity of 0 with the rest to follow.
    refused = rejected["line_status_code"] == "7"
    assert refused or Decimal(rejected["quantity"]["value"]) == 0
    assert refused == (road.language.codec == "x12")
    road.them.hand_over(answers["despatch"])
    _message, document = road.of_order("despatch_advice", "applied", number)
    check_despatch(document, Document(answers["despatch"]).as_despatch(), number)
    assert len(document["despatch_lines"]) == 1


def test_an_order_they_cannot_read_is_opened_again(road):
    road.them.behave("reject-ack")
    order, number, _said = road.order(10)
    answers = road.them.answers()
    assert set(answers) <= {"acknowledgment", ENVELOPE}
    road.them.hand_over(answers["acknowledgment"])
    message = wait_state(road, order, "held")
    assert f"Wood Corner refused {number}" in road.message(message["id"])["state_reason"]


def test_what_is_wrong_with_the_envelope_of_their_file_is_told(road):
    road.them.behave("corrupt")
    road.order(10)
    answers = road.them.answers()
    road.them.hand_over(answers["response"])
    [said] = road.carried(lambda said: said["acknowledged"])
    [one] = said["acknowledged"]
    assert (one["code"], one["matched"]) == (road.language.sets[2], True)
    assert one["status"] != "rejected", "what can be read is read"
    told = [path.read_text("latin-1") for path in (road.root / "taken").iterdir()]
    miscounted = {"x12": "AK5*E*4", "edifact": f"UCM+{one['control']}+ORDRSP:D:96A:UN+7+29+UNT"}
    assert any(miscounted[road.language.codec] in text for text in told)
