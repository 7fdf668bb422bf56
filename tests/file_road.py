"""A supplier's road over files: Odoo and the supplier's system meet in the folders of a real SFTP server."""

import shutil
import tempfile
from pathlib import Path

from road import Road, until

from odoo.addons.trade_transport_sftp.tests.server import SftpServer


def edi_routes(codec, kinds=("order_response",), order=None, told=None):
    """The routes of a supplier that speaks a format: orders out, the documents of ``kinds`` in, files of
    any kind fetched, acknowledgements both ways.

    :param order: more values of the route by which orders leave
    :param told: of the one by which our acknowledgements do
    """
    out = {"direction": "out", "endpoint": "in", "codec": codec}
    return (
        {**out, "document_type": "order", "ack_expected": "functional", **(order or {})},
        {**out, "document_type": "acknowledgement", **(told or {})},
        *({"direction": "in", "document_type": kind, "codec": codec} for kind in ("acknowledgement", *kinds)),
        {"direction": "in", "document_type": "interchange", "codec": "auto", "endpoint": "out", "poll": True},
    )


class FileRoad(Road):
    """``in`` is the folder the supplier takes our files from, ``out`` the one Odoo fetches from.

    :cvar name: the supplier's
    :cvar company: what is set at our own company
    :cvar identifiers: scheme → by what the supplier is known
    :cvar routes: the values of its routes; the one that polls is ``box``
    :cvar goods: the supplier's number of a product → its price; the first one is ``product``
    :cvar days: how long the supplier takes to deliver
    :ivar root: what the SFTP server shows
    """

    name = "Wood Corner"
    company = {}
    identifiers = {}
    routes = ()
    goods = {"TP-1": 10.0}
    days = 1

    def __enter__(self):
        self.root = Path(tempfile.mkdtemp()) / "mailbox"
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True)
        self.sftp = SftpServer(self.root)
        self.sftp.start()
        return super().__enter__()

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self.sftp.stop()
        shutil.rmtree(self.root.parent)

    def _set_up(self):
        admin = self.admin
        self.vendor = admin.create("res.partner", {"name": self.name, "is_company": True})
        [company] = admin.find("res.company", [], ["id"])[:1]
        admin.write("res.company", company["id"], self.company)
        self.profile = admin.create("trade.partner", {"partner_id": self.vendor, "state": "live"})
        for scheme, value in self.identifiers.items():
            admin.create(
                "trade.identifier", {"trade_partner_id": self.profile, "scheme": scheme, "value": value}
            )
        self.connector = admin.create(
            "trade.connector",
            {
                "name": self.name,
                "trade_partner_id": self.profile,
                "transport": "sftp",
                "base_url": self.sftp.url,
                "auth_method": "basic",
                "sftp_host_key": self.sftp.host_key,
                "sftp_settle": 0.2,
                "backoff_base": 1,
                "circuit_cooldown": 2,
                "credential_ids": [(0, 0, {"kind": "basic", "login": "tradelane", "secret": "secret"})],
            },
        )
        for values in self.routes:
            route = admin.create(
                "trade.route", {"trade_partner_id": self.profile, "connector_id": self.connector, **values}
            )
            if values.get("poll"):
                self.box = route
        self.products = [self._product(code, price) for code, price in self.goods.items()]
        self.product = self.products[0]

    def _product(self, code, price):
        seller = {"partner_id": self.vendor, "product_code": code, "price": price, "delay": self.days}
        return self.admin.create(
            "product.product",
            {"name": f"Table {code}", "is_storable": True, "seller_ids": [(0, 0, seller)]},
        )

    # -- the folders -------------------------------------------------------------------------

    def drop(self, name, text):
        """Put a file into the folder Odoo fetches from, and let it look now.

        :param text: bytes, or text in ISO 8859-1
        """
        data = text if isinstance(text, bytes) else text.encode("latin-1")
        (self.root / "out" / f".{name}").write_bytes(data)
        (self.root / "out" / f".{name}").rename(self.root / "out" / name)
        self.admin.press("trade.route", "action_poll_now", self.box)

    def wait_fetched(self):
        """Wait until everything that was dropped lies in the archive."""
        until(
            lambda: not [path for path in (self.root / "out").iterdir() if path.is_file()],
            lambda: f"not fetched: {sorted((self.root / 'out').iterdir())}",
        )

    # -- what Odoo made of them --------------------------------------------------------------

    def messages(self, kind, *domain):
        """The supplier's messages of a kind, the oldest first."""
        return self.admin.find(
            "trade.message",
            [("trade_partner_id", "=", self.profile), ("document_type", "=", kind), *domain],
            ["direction", "state", "state_reason", "document_number", "codec", "filename"],
            order="id",
        )

    def wait_for_message(self, kind, state, *domain):
        """Wait for the one message of a kind to be in a state; returns its values and its document."""

        def look():
            found = self.messages(kind, *domain)
            return len(found) == 1 and found[0]["state"] == state and found[0]

        message = until(look, lambda: f"no {kind} is {state}: {self.messages(kind, *domain)}")
        [values] = self.admin.read("trade.message", message["id"], ["canonical"])
        return message, values["canonical"]

    def wait_promised(self, number, day):
        """Wait until an order is planned for the day the supplier promised."""
        until(
            lambda: self.promised_day(number) == day,
            lambda: (
                f"{number} is planned on {self.promised_day(number)}, not {day}: "
                f"{self.messages('order_response')}"
            ),
        )
