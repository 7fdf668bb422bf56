"""EDI suppliers over a real SFTP server: orders leave as files, files come back, all are acknowledged."""

import base64
from datetime import date, timedelta

import pytest
from file_road import FileRoad, edi_routes
from pydifact.segmentcollection import Interchange
from road import until

import harness

THEM, US = "4012345000009", "4099999000006"
#: what the supplier's own system writes; nothing of ours makes it
ORDRSP = (
    "UNA:+.? '\r\nUNB+UNOC:3+{them}:14+{us}:14+260301:1200+{reference}++++1'\r\n"
    "UNH+1+ORDRSP:D:96A:UN:EAN005'\r\nBGM+231+R-{number}+4'\r\nDTM+137:20260301:102'\r\n"
    "RFF+ON:{number}'\r\nNAD+BY+{us}::9'\r\nNAD+SU+{them}::9'\r\nCUX+2:EUR:9'\r\n"
    "LIN+1+3'\r\nPIA+5+{code}:SA'\r\nQTY+113:10:PCE'\r\nDTM+69:{day}:102'\r\nRFF+LI:1'\r\n"
    "UNS+S'\r\nCNT+2:1'\r\nUNT+14+1'\r\nUNZ+1+{reference}'\r\n"
)
CONTRL = (
    "UNB+UNOC:3+{them}:14+{us}:14+260301:1200+{reference}'UNH+1+CONTRL:D:3:UN'"
    "UCI+{interchange}+{us}:14+{them}:14+{action}'UCM+{message}+ORDERS:D:96A:UN+{action}{error}'"
    "UNT+4+1'UNZ+1+{reference}'"
)


class EdiRoad(FileRoad):
    """A supplier that speaks EDIFACT."""

    company = {"trade_edifact_id": f"14:{US}"}
    identifiers = {"edifact": f"14:{THEM}"}
    routes = edi_routes("edifact")

    # -- the supplier ------------------------------------------------------------------------

    def files(self, kind):
        """The interchanges of a kind that lie in the supplier's folder: ``[(name, pydifact's reading)]``."""
        found = []
        for path in sorted((self.root / "in").glob("*.edi")):
            interchange = Interchange.from_str(path.read_text("latin-1"))
            messages = list(interchange.get_messages())
            if messages and messages[0].type == kind:
                found.append((path.name, interchange, messages[0]))
        return found

    def order_file(self, number):
        """The supplier's system finds an order in its folder."""

        def look():
            for _name, interchange, message in self.files("ORDERS"):
                if message.get_segment("BGM").elements[1] == number:
                    return interchange, message
            return None

        return until(look, lambda: f"{number} is not in the folder: {sorted((self.root / 'in').iterdir())}")

    def respond(self, number, reference, code="TP-1", days=1):
        [line] = self.admin.find(
            "purchase.order.line", [("order_id.name", "=", number)], ["trade_asked_date"]
        )
        day = date.fromisoformat(line["trade_asked_date"]) + timedelta(days=days)
        text = ORDRSP.format(
            them=THEM, us=US, number=number, reference=reference, code=code, day=f"{day:%Y%m%d}"
        )
        self.drop(f"ordrsp-{reference}.edi", text)
        return str(day)

    def acknowledge(self, interchange, reference, action="7", error=""):
        control = interchange.control_reference
        message = next(iter(interchange.get_messages())).reference_number
        text = CONTRL.format(
            them=THEM,
            us=US,
            reference=reference,
            interchange=control,
            message=message,
            action=action,
            error=error,
        )
        self.drop(f"contrl-{reference}.edi", text)


@pytest.fixture(scope="module")
def road():
    with harness.database("e2e_edi") as database, harness.Server(database, workers=2) as odoo:
        with EdiRoad(odoo.wait_for_jobs()) as road:
            yield road


def test_an_order_leaves_as_orders_and_its_answer_comes_back_as_ordrsp(road):
    order, number = road.confirm_order()
    interchange, message = road.order_file(number)
    assert (interchange.sender[0], interchange.recipient[0]) == (US, THEM)
    assert message.get_segment("LIN").elements[0] == "1"
    assert road.order_message(order)["state"] == "sent", "open until they could read it"
    road.acknowledge(interchange, "101")
    until(
        lambda: road.order_message(order)["state"] == "acknowledged", lambda: str(road.order_message(order))
    )
    day = road.respond(number, "102")
    road.wait_promised(number, day)
    found = until(lambda: road.files("CONTRL"), lambda: "the answer was not acknowledged")
    assert [str(contrl.get_segment("UCI").elements[0]) for _name, _file, contrl in found] == ["102"]
    assert not list((road.root / "out").glob("*.edi")), "what was fetched is archived"
    assert len(list((road.root / "out" / "archive").iterdir())) == 2


def test_the_same_file_again_is_applied_once_and_control_numbers_have_no_gap(road):
    orders = [road.confirm_order() for _n in range(3)]
    found = [road.order_file(number)[0] for _order, number in orders]
    numbers = [int(interchange.control_reference) for interchange in found]
    contrls = [int(file.control_reference) for _name, file, _message in road.files("CONTRL")]
    used = sorted({*numbers, *contrls, *(int(f.control_reference) for _n, f, _m in road.files("ORDERS"))})
    assert used == list(range(1, len(used) + 1))
    _order, number = orders[0]
    day = road.respond(number, "201")
    road.wait_promised(number, day)
    road.respond(number, "201")
    road.wait_fetched()
    answers = road.admin.find(
        "trade.message",
        [("document_type", "=", "order_response"), ("document_number", "=", f"R-{number}")],
        ["state"],
    )
    assert [answer["state"] for answer in answers] == ["applied"]


def test_a_refusal_opens_the_order_again_with_their_reason(road):
    order, number = road.confirm_order()
    interchange, _message = road.order_file(number)
    road.acknowledge(interchange, "301", action="4", error="+12'UCS+8+12")
    message = until(
        lambda: (found := road.order_message(order))["state"] == "held" and found,
        lambda: str(road.order_message(order)),
    )
    [values] = road.admin.read("trade.message", message["id"], ["state_reason"])
    assert "Wood Corner refused" in values["state_reason"]


def test_a_nightly_csv_is_read_by_its_layout(road):
    admin = road.admin
    _order, number = road.confirm_order()
    road.order_file(number)
    layout = admin.create("trade.layout", {"name": "Answers", "document_type": "order_response"})
    [values] = admin.read("trade.layout", layout, ["draft_id"])
    draft = values["draft_id"][0]
    rules = [
        {"target": "id", "source": "Answer"},
        {"target": "issue_date", "source": "Date", "kind": "date"},
        {"target": "order_response_code", "constant": "CA"},
        {"target": "order_reference.id", "source": "PO"},
        {"target": "order_lines.order_line_reference.line_id", "source": "Line"},
        {"target": "order_lines.line_status_code", "constant": "3"},
        {"target": "order_lines.item.sellers_item_identification.id", "source": "Item"},
        {"target": "order_lines.promised_delivery_period.end_date", "source": "Ship", "kind": "date"},
    ]
    head = "Answer;Date;PO;Line;Item;Ship\n"
    sample = base64.b64encode(f"{head}A1;01.03.2026;{number};1;TP-1;02.03.2026\n".encode()).decode()
    admin.write(
        "trade.layout.version",
        draft,
        {
            "date_format": "%d.%m.%Y",
            "sample": sample,
            "sample_name": "a.csv",
            "rule_ids": [(0, 0, rule) for rule in rules],
        },
    )
    admin.press("trade.layout.version", "action_use", draft)
    (road.root / "nightly").mkdir()
    route = admin.create(
        "trade.route",
        {
            "trade_partner_id": road.profile,
            "connector_id": road.connector,
            "direction": "in",
            "document_type": "order_response",
            "codec": "layout",
            "layout_id": layout,
            "endpoint": "nightly",
            "file_pattern": "*.csv",
            "poll": True,
            "sequence": 20,
        },
    )
    [line] = admin.find("purchase.order.line", [("order_id.name", "=", number)], ["trade_asked_date"])
    day = date.fromisoformat(line["trade_asked_date"]) + timedelta(days=1)
    (road.root / "nightly" / "answers.csv").write_text(
        f"{head}A-{number};{date.today():%d.%m.%Y};{number};1;TP-1;{day:%d.%m.%Y}\n"
    )
    admin.press("trade.route", "action_poll_now", route)
    road.wait_promised(number, str(day))
