"""Despatch advices, written as a supplier's own program would.

Their form is the published JSON Schema (``docs/formats``), as for :mod:`.answers`.
"""

from datetime import UTC, datetime, timedelta

CARRIER = "Swift Freight"
DAYS = 2  # the truck takes


class Labels:
    """Numbers for packages: SSCCs (GS1), each given once.

    :param company: the supplier's GS1 company prefix, 7 digits.
    """

    def __init__(self, company: str):
        self.company, self._last = company, 0

    def next(self) -> str:
        self._last += 1
        digits = f"3{self.company}{self._last:09}"
        weighed = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
        return f"{digits}{-weighed % 10}"


def despatch_advice(number: str, answers: list[dict], labels: Labels | None = None) -> dict:
    """What was promised in these answers leaves in one truck, all of it.

    :param labels: packs one carton for each order, all on one pallet; without them nothing is labelled
    """
    today = datetime.now(UTC).date()
    lines = [_line(place, *promised) for place, promised in enumerate(_promised(answers), 1)]
    advice = {
        "document_type": "despatch_advice",
        "id": number,
        "issue_date": today.isoformat(),
        "shipment": {
            "carrier_party": {"party_name": CARRIER},
            "tracking_id": [f"SF-{number}"],
            "actual_despatch_date": today.isoformat(),
            "estimated_delivery_period": {"end_date": (today + timedelta(days=DAYS)).isoformat()},
        },
        "despatch_lines": lines,
    }
    if len(answers) == 1:
        advice["order_reference"] = {"id": answers[0]["order_reference"]["id"]}
    if labels:
        advice["transport_handling_units"] = _pallet(lines, labels)
    return advice


def _promised(answers: list[dict]):
    for answer in answers:
        for line in answer["order_lines"]:
            yield answer["order_reference"]["id"], line


def _line(place: int, order: str, promised: dict) -> dict:
    return {
        "id": str(place),
        "delivered_quantity": promised["quantity"],
        "order_line_reference": {
            "line_id": promised["order_line_reference"]["line_id"],
            "order_reference": {"id": order},
        },
        "item": promised["item"],
    }


def _pallet(lines: list[dict], labels: Labels) -> list[dict]:
    pallet, cartons = labels.next(), {}
    for line in lines:
        order = line["order_line_reference"]["order_reference"]["id"]
        if order not in cartons:
            cartons[order] = {"id": labels.next(), "parent_id": pallet, "packed_line": []}
        cartons[order]["packed_line"].append({"line_id": line["id"], "quantity": line["delivered_quantity"]})
    return [{"id": pallet}, *cartons.values()]
