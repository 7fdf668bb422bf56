"""What is shipped and what arrives: one pallet is scanned, one delivery is short."""

from collections.abc import Callable

from .act import Act
from .cast import GEMINI, MAT, WOOD, Role
from .narrator import NotYet


class Goods(Act):
    def perform(self) -> None:
        self.goods_leave()
        self.pallet_is_scanned()
        self.delivery_is_short()

    # -- on the way ------------------------------------------------------------------------------

    def goods_leave(self) -> None:
        self.tell.act("The suppliers ship")
        self._advices = {}
        for role, how in (
            (WOOD, "five orders on one pallet, with labels"),
            (MAT, "four orders, no labels; with a rubber mat in it, it says so three times"),
            (GEMINI, "three orders"),
        ):
            with self.tell.step(f"{role.name} announces its truck: {how}") as more:
                orders = [order.number for order in self.of(role)]
                self._advices[role] = self.stage.house(role).ask("ship", *orders)
                more.append(self._advices[role])
        self.fetch(WOOD, "despatch_advice", "despatch advice")
        for role in self._advices:
            self.tell.wait(f"{role.name}'s goods are expected, in one receipt", self._expected(role))

    def _expected(self, role: Role) -> Callable[[], list[str]]:
        def look() -> list[str]:
            shipment = self._shipment(role)
            packages = f"{shipment['package_count']} packages" if shipment["package_count"] else "no labels"
            return [
                f"{shipment['carrier']}, {shipment['tracking']}, arrives {shipment['eta']}; "
                f"{len(shipment['order_ids'])} orders, {packages}"
            ]

        return look

    def _shipment(self, role: Role) -> dict:
        number = self._advices[role]
        fields = ["carrier", "tracking", "eta", "package_count", "order_ids", "picking_ids", "state"]
        found = self.buyer.find("trade.despatch", [("number", "=", number)], fields)
        if len(found) != 1 or len(found[0]["picking_ids"]) != 1:
            raise NotYet(f"{len(found)} shipments {number}")
        return found[0]

    # -- one comes in full -----------------------------------------------------------------------

    def pallet_is_scanned(self) -> None:
        self.tell.act("Wood Corner's truck arrives")
        [receipt] = self._shipment(WOOD)["picking_ids"]
        label = self._label()
        with self.tell.step(f"Maria scans the label of the pallet, {label}") as more:
            told = self.buyer.call("stock.picking", "action_trade_scan", [receipt], f"(00){label}")
            more.append(told["message"])
        with self.tell.step("She validates the receipt"):
            if self.buyer.press("stock.picking", "button_validate", receipt):
                raise ValueError("Odoo asks something: not all was booked")
        self.tell.wait("Wood Corner has the receipt advice: all came", self._told(WOOD, short=[]))

    def _label(self) -> str:
        """What stands on the pallet."""
        [advice] = self.stage.house(WOOD).issued("despatch_advice")
        [pallet] = [unit for unit in advice["transport_handling_units"] if "parent_id" not in unit]
        return pallet["id"]

    # -- one is short ----------------------------------------------------------------------------

    def delivery_is_short(self) -> None:
        self.tell.act("Ready Mat's truck arrives")
        [order] = [order for order in self.of(MAT) if order.short]
        [receipt] = self._shipment(MAT)["picking_ids"]
        line = order.asked[0]
        with self.tell.step(f"Maria counts: of {line['product_id'][1]}, {order.short:g} are missing"):
            self._count(receipt, {line["id"]: order.short})
        with self.tell.step("She validates the receipt, and does not wait for the rest"):
            ask = self.buyer.press("stock.picking", "button_validate", receipt)
            wizard = self.buyer.create(ask["res_model"], {}, context=ask["context"])
            self.buyer.press(ask["res_model"], "process_cancel_backorder", wizard, ask["context"])
        self.tell.wait(
            "Ready Mat has the receipt advice, with what is missing", self._told(MAT, short=[order.short])
        )

    def _count(self, receipt: int, missing: dict[int, float]) -> None:
        """Enter what came, as the receipt's list does."""
        fields = ["product_uom_qty", "purchase_line_id"]
        for move in self.buyer.find("stock.move", [("picking_id", "=", receipt)], fields):
            came = move["product_uom_qty"] - missing.get(move["purchase_line_id"][0], 0.0)
            self.buyer.write("stock.move", move["id"], {"quantity": came, "picked": True})

    def _told(self, role: Role, short: list[float]) -> Callable[[], list[str]]:
        def look() -> list[str]:
            advices = list(self.stage.house(role).ledger()["receipt_advices"].values())
            if not advices:
                raise NotYet(f"{role.name} has none")
            [entry] = advices
            lines = entry["document"]["receipt_lines"]
            missing = [float(line["short_quantity"]["value"]) for line in lines if line.get("short_quantity")]
            if missing != short:
                raise ValueError(f"{role.name} was told that {missing} are missing")
            about = entry["document"]["despatch_document_reference"]["id"]
            return [f"{entry['number']} about {about}: {len(lines)} lines, {len(missing)} short"]

        return look
