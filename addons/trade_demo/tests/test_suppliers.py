"""The simulated suppliers behave as the scenario and its readers rely on; no Odoo takes part."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from standardwebhooks.webhooks import Webhook

from odoo.addons.trade_kernel import codecs, identifiers

from ..suppliers.flaky import Flaky
from ..suppliers.listener import Listener
from ..suppliers.portal import Portal
from ..suppliers.server import Settings
from ..suppliers.webhook import Webhooks

SECRET = "whsec_" + base64.b64encode(b"agreed on by telephone..").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"agreed on by letter.....").decode()


def order(number, *codes):
    """A canonical order with one line per code of the seller."""
    return {
        "document_type": "order",
        "id": number,
        "issue_date": "2026-03-02",
        "document_currency_code": "USD",
        "buyer_customer_party": {"party_name": "We"},
        "seller_supplier_party": {"party_name": "They"},
        "order_lines": [
            {
                "id": str(place),
                "quantity": {"value": "10", "unit_code": "C62"},
                "price": {"price_amount": {"value": "40.00", "currency_id": "USD"}},
                "requested_delivery_period": {"end_date": "2026-03-20"},
                "item": {"name": code, "sellers_item_identification": {"id": code}},
            }
            for place, code in enumerate(codes, 1)
        ],
    }


def decoded(document):
    """The answer as our own codec reads it: what a supplier sends must be valid."""
    [part] = codecs.get("canonical_json").decode(json.dumps(document).encode())
    assert not part.errors
    return part.document


class Buyer:
    """Our side: takes what is pushed and keeps it, answering 202 (or first what it is told to)."""

    def __init__(self):
        self.taken, self.statuses = [], []
        buyer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = buyer.statuses.pop(0) if buyer.statuses else 202
                buyer.taken.append((status, dict(self.headers), raw))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/answers"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def wait(self, count):
        """What was taken, once there is as much as expected."""
        deadline = time.monotonic() + 10
        while len(self.taken) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.taken


@pytest.fixture
def buyer():
    buyer = Buyer()
    yield buyer
    buyer.server.shutdown()
    buyer.server.server_close()


@pytest.fixture
def portal():
    with Portal(Settings("Wood Corner", "WC", secrets={"api_key": "letmein"})) as supplier:
        yield supplier


@pytest.fixture
def webhooks(buyer):
    settings = Settings(
        "Ready Mat", "RM", buyer.url, {"orders": SECRET, "answers": OTHER_SECRET, "client": "rm"}
    )
    with Webhooks(settings) as supplier:
        yield supplier


def send(supplier, document, key="k1", address="orders", **headers):
    raw = json.dumps(document)
    if isinstance(supplier, Webhooks):
        now = datetime.now(UTC)
        headers |= {
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(key, now, raw),
        }
    elif isinstance(supplier, Portal):
        headers.setdefault("X-API-Key", "letmein")
    return requests.post(
        f"{supplier.url}/{address}", data=raw, headers={"Idempotency-Key": key} | headers, timeout=5
    )


def fetch(supplier, after="", shelf="order-responses"):
    reply = requests.get(f"{supplier.url}/{shelf}?after={after}", headers={"X-API-Key": "letmein"}, timeout=5)
    assert reply.status_code == 200
    return reply.json()


def books(supplier):
    return requests.get(f"{supplier.url}/_demo/ledger", timeout=5).json()


def test_an_order_sent_twice_is_one_order(portal):
    first, again = send(portal, order("P1", "WC-1001")), send(portal, order("P1", "WC-1001"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(fetch(portal)["documents"]) == 1
    assert books(portal)["orders"]["P1"]["deliveries"] == 2


def test_a_higher_revision_replaces_the_order_and_is_answered(portal):
    send(portal, order("P1", "WC-1001"), key="k1")
    assert send(portal, order("P1", "WC-1001") | {"sequence_number": 1}, key="k2").status_code == 201
    answers = [decoded(document) for document in fetch(portal)["documents"]]
    assert len({answer.id for answer in answers}) == 2
    assert [answer.order_reference.sequence_number for answer in answers] == [0, 1]
    assert books(portal)["orders"]["P1"]["doubled"] == 0


def test_an_order_under_two_keys_is_refused_and_shows_in_the_books(portal):
    send(portal, order("P1", "WC-1001"), key="k1")
    assert send(portal, order("P1", "WC-1001"), key="k2").status_code == 409
    assert books(portal)["orders"]["P1"]["doubled"] == 1


def test_a_key_with_other_content_is_refused(portal):
    send(portal, order("P1", "WC-1001"))
    assert send(portal, order("P2", "WC-1001")).status_code == 422
    assert list(books(portal)["orders"]) == ["P1"]


@pytest.mark.parametrize(
    "headers, status",
    [({"X-API-Key": "guess"}, 401), ({"Idempotency-Key": ""}, 400)],
)
def test_who_does_not_say_who_or_what_is_refused(portal, headers, status):
    assert send(portal, order("P1", "WC-1001"), **headers).status_code == status
    assert not books(portal)["orders"]


def test_the_portal_hands_out_every_answer_once_by_cursor(portal):
    assert fetch(portal)["documents"] == []
    send(portal, order("P1", "WC-1001"), key="k1")
    first = fetch(portal)
    send(portal, order("P2", "WC-1001"), key="k2")
    second = fetch(portal, first["next"])
    assert [document["order_reference"]["id"] for document in first["documents"]] == ["P1"]
    assert [document["order_reference"]["id"] for document in second["documents"]] == ["P2"]
    assert fetch(portal, second["next"])["documents"] == []


def test_the_portal_answers_a_renumbered_article_under_a_code_nobody_knows(portal):
    send(portal, order("P1", "WC-1001", "WC-1002"))
    [document] = fetch(portal)["documents"]
    response = decoded(document)
    assert response.order_response_code == "AP"
    known, unknown = response.order_lines
    assert known.item.identifiers == (("seller", "WC-1001"),)
    assert unknown.item.identifiers == (("seller", "WC-4711"),)


def test_ready_mat_accepts_by_signed_webhook(webhooks, buyer):
    assert send(webhooks, order("P1", "RM-100")).status_code == 201
    [(_status, headers, raw)] = buyer.wait(1)
    document = Webhook(OTHER_SECRET).verify(raw, headers)
    assert decoded(document).order_response_code == "AP"


def test_ready_mat_refuses_what_is_not_signed(webhooks):
    reply = requests.post(f"{webhooks.url}/orders", data="{}", headers={"Idempotency-Key": "k"}, timeout=5)
    assert reply.status_code == 401


def test_ready_mat_raises_the_price_of_the_runner_and_delivers_later(webhooks, buyer):
    send(webhooks, order("P1", "RM-200"))
    [(_status, _headers, raw)] = buyer.wait(1)
    response = decoded(json.loads(raw))
    [line] = response.order_lines
    assert response.order_response_code == "CA"
    assert str(line.price.price_amount) == "43.28 USD"
    assert line.promised_delivery_period.latest.isoformat() == "2026-03-22"


def test_ready_mat_sends_the_answer_for_the_rubber_mat_three_times(webhooks, buyer):
    send(webhooks, order("P1", "RM-300"))
    taken = buyer.wait(3)
    ids = [headers["webhook-id"] for _status, headers, _raw in taken]
    assert ids[0] == ids[1] != ids[2]
    assert len({raw for _status, _headers, raw in taken}) == 1


def test_ready_mat_sends_garbage_for_the_entrance_mat_and_a_whole_answer_when_asked(webhooks, buyer):
    send(webhooks, order("P1", "RM-400"))
    [(_status, _headers, garbage)] = buyer.wait(1)
    with pytest.raises(ValueError):
        json.loads(garbage)
    assert requests.post(f"{webhooks.url}/_demo/resend?order=P1", timeout=5).status_code == 202
    _status, _headers, raw = buyer.wait(2)[1]
    assert decoded(json.loads(raw)).order_reference.id == "P1"


def test_an_answer_the_buyer_could_not_take_comes_again_under_the_same_id(webhooks, buyer):
    buyer.statuses = [503]
    send(webhooks, order("P1", "RM-100"))
    (_first, before, _raw), (_second, after, _same) = buyer.wait(2)
    assert before["webhook-id"] == after["webhook-id"]


def test_gemini_asks_for_its_password_and_answers_under_its_key(buyer):
    secrets = {"user": "us", "password": "right", "api_key": "gemini-key"}
    with Flaky(Settings("Gemini Furniture", "GF", buyer.url, secrets)) as supplier:
        wrong = requests.post(f"{supplier.url}/orders", data="{}", auth=("us", "wrong"), timeout=5)
        assert wrong.status_code == 401
        login = "Basic " + base64.b64encode(b"us:right").decode()
        assert send(supplier, order("P1", "GF-10"), Authorization=login).status_code == 201
        [(_status, headers, raw)] = buyer.wait(1)
        assert headers["Authorization"] == "Bearer gemini-key"
        assert decoded(json.loads(raw)).order_response_code == "AP"


def ask(supplier, what, *numbers):
    reply = requests.post(f"{supplier.url}/_demo/{what}?order={','.join(numbers)}", timeout=5)
    assert reply.status_code == 202, reply.text
    return reply.json()["number"]


def test_the_portal_ships_several_orders_on_one_labelled_pallet(portal):
    send(portal, order("P1", "WC-1001", "WC-1002"), key="k1")
    send(portal, order("P2", "WC-1001"), key="k2")
    number = ask(portal, "ship", "P1", "P2")
    [document] = fetch(portal, shelf="despatch-advices")["documents"]
    advice = decoded(document)
    assert (advice.id, advice.threads) == (number, ("P1", "P2"))
    pallet, first, second = advice.transport_handling_units
    assert first.parent_id == second.parent_id == pallet.id
    assert [len(unit.packed_line) for unit in (pallet, first, second)] == [0, 2, 1]
    assert len({pallet.id, first.id, second.id}) == 3
    assert not list(identifiers.wrong_digits(document))
    assert advice.despatch_lines[1].item.identifiers == (("seller", "WC-4711"),)


def test_an_invoice_is_over_what_was_promised_and_the_credit_note_over_what_was_short(webhooks, buyer):
    send(webhooks, order("P1", "RM-200"))
    number = ask(webhooks, "bill", "P1")
    invoice = decoded(json.loads(buyer.wait(2)[1][2]))
    assert (invoice.id, invoice.thread) == (number, "P1")
    assert str(invoice.legal_monetary_total.tax_exclusive_amount) == "432.80 USD"
    assert str(invoice.legal_monetary_total.payable_amount) == "497.72 USD"

    reference = {"line_id": "1", "order_reference": {"id": "P1"}}
    short = {"value": "3", "unit_code": "C62"}
    line = {"id": "1", "short_quantity": short, "order_line_reference": reference}
    advice = {"document_type": "receipt_advice", "id": "IN-1", "receipt_lines": [line]}
    for status in (201, 200):
        assert send(webhooks, advice, key="k9", address="receipt-advices").status_code == status
    assert send(webhooks, advice, key="k10", address="receipt-advices").status_code == 409
    ask(webhooks, "credit", "P1")
    credit = decoded(json.loads(buyer.wait(3)[2][2]))
    assert [reference.id for reference in credit.billing_reference] == [number]
    assert str(credit.legal_monetary_total.payable_amount) == "149.32 USD"
    assert books(webhooks)["receipt_advices"]["IN-1"]["doubled"] == 1


def test_a_supplier_runs_in_a_process_of_its_own_without_odoo():
    settings = {"name": "Wood Corner", "prefix": "WC", "secrets": {"api_key": "letmein"}}
    code = (
        "import sys; from odoo.addons.trade_demo.suppliers import __main__ as program, server;"
        "server.Supplier.serve = lambda self: print('odoo.api' in sys.modules, flush=True);"
        "sys.argv = ['suppliers', 'portal', '--port', '0']; program.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"SUPPLIER_SETTINGS": json.dumps(settings)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Wood Corner listens at http://127.0.0.1:"), done.stderr
    assert lines[1] == "False"


def test_the_data_warehouse_takes_each_event_once_and_only_ours():
    with Listener(Settings("Insight", "IN")) as insight:
        requests.post(f"{insight.url}/_demo/secret", json={"secret": SECRET}, timeout=5)

        def tell(secret, event, message_id=None):
            body, moment, message_id = json.dumps(event), datetime.now(UTC), message_id or event["id"]
            headers = {
                "webhook-id": message_id,
                "webhook-timestamp": str(int(moment.timestamp())),
                "webhook-signature": Webhook(secret).sign(message_id, moment, body),
            }
            return requests.post(f"{insight.url}/events", data=body, headers=headers, timeout=5).status_code

        first, second = {"id": "e1", "type": "a"}, {"id": "e2", "type": "b"}
        assert [tell(SECRET, event) for event in (first, second, first)] == [204, 204, 204]
        assert tell(OTHER_SECRET, {"id": "e3"}) == 401
        assert tell(SECRET, {"id": "e4"}, "e5") == 400
        books = requests.get(f"{insight.url}/_demo/ledger", timeout=5).json()
    assert books == {"events": [first, second], "repeated": 1, "refused": 2}


@pytest.mark.parametrize(
    ("kind", "code", "statuses", "quantity"),
    [
        ("accepted", "AP", ["5", "5"], "10"),
        ("changed", "CA", ["5", "3"], "10"),
        ("partial", "CA", ["5", "3"], "5"),
        ("rejected", "RE", ["7", "7"], "10"),
        ("duplicate", "AP", ["5", "5"], "10"),
    ],
)
def test_a_test_order_lies_there_until_somebody_answers_it_as_it_asks_for(kind, code, statuses, quantity):
    with Portal(Settings("Wood Corner", "WC", secrets={"api_key": "k"})) as portal:
        headers = {"X-API-Key": "k", "Idempotency-Key": "1", "Trade-Mode": "test"}
        document = order("CT00001-1", "WC-1", "WC-2")
        assert (
            requests.post(f"{portal.url}/orders", json=document, headers=headers, timeout=5).status_code
            == 201
        )
        assert not portal.ledger.issued("order_response")
        assert portal.ledger.as_dict()["orders"]["CT00001-1"]["test"]
        reply = requests.post(f"{portal.url}/_demo/try-{kind}?order=CT00001-1", timeout=5)
        assert reply.status_code == 202
        [issued] = portal.ledger.issued("order_response")
    answer = decoded(issued)
    assert answer.order_response_code == code
    assert [line.line_status_code for line in answer.order_lines] == statuses
    assert str(answer.order_lines[-1].quantity.value) == quantity
