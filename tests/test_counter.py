"""Buyer and supplier come to terms: order, answer, counter-proposal, agreement. Real HTTP, real jobs."""

from road import until


def test_a_counter_proposal_reaches_the_supplier_and_agreeing_ends_it(road):
    order, number = road.confirm_order()
    until(lambda: road.requests_for(number), lambda: f"{number} never reached the supplier")
    until(lambda: road.order_message(order)["state"] == "sent", lambda: str(road.order_message(order)))

    dearer = road.answer(number, days=0)
    dearer["order_lines"][0]["price"] = {"price_amount": {"value": "12.00", "currency_id": "USD"}}
    message = road.pushed(dearer)
    assert "20 % above the order" in road.wait_state(message, "held")["state_reason"]
    assert _standing(road, order) == "held"

    [review] = road.admin.read("purchase.order", order, ["trade_review_ids"])
    [row] = review["trade_review_ids"]
    road.admin.write(
        "trade.purchase.answer", row, {"counter_price": 11.0, "counter_note": "We buy every month."}
    )
    road.admin.press("trade.purchase.answer", "action_send_counter", row)
    # Nothing of the answer was accepted, so it was answered with a no.
    road.wait_state(message, "rejected")

    asked = until(
        lambda: _revision(road, number, 1), lambda: f"revision 1 of {number} never reached the supplier"
    )
    [line] = asked["order_lines"]
    assert line["price"]["price_amount"]["value"] == "11"
    assert "We buy every month." in line["note"][0]
    assert road.requests_for(number)["doubled"] == 0

    agreed = road.answer(number, days=0, document=f"R-{number}-1")
    agreed |= {"order_response_code": "AP", "order_lines": []}
    agreed["order_reference"]["sequence_number"] = 1
    road.wait_state(road.pushed(agreed), "applied")
    until(lambda: _standing(road, order) == "answered", lambda: _standing(road, order))
    [line] = road.admin.find(
        "purchase.order.line",
        [("order_id", "=", order)],
        ["price_unit", "trade_promised_price", "trade_promised_qty"],
    )
    assert (line["price_unit"], line["trade_promised_price"], line["trade_promised_qty"]) == (
        11.0,
        11.0,
        10.0,
    )


def test_the_same_order_pressed_again_is_one_order_to_the_supplier(road):
    order, number = road.confirm_order()
    until(lambda: road.order_message(order)["state"] == "sent", lambda: str(road.order_message(order)))
    road.admin.press("purchase.order", "action_trade_send_again", order)
    until(
        lambda: road.requests_for(number)["deliveries"] == 2,
        lambda: f"it did not come again: {road.requests_for(number)}",
    )
    assert road.requests_for(number)["doubled"] == 0


def _standing(road, order):
    [values] = road.admin.read("purchase.order", order, ["trade_state"])
    return values["trade_state"]


def _revision(road, number, revision):
    """The order as the supplier has it, once it is at this revision."""
    order = road.requests_for(number)["document"]
    return order if order["sequence_number"] == revision else None
