"""What a supplier who is logged in reads of our fields past the pages: nothing."""

from odoo.tests import tagged
from odoo.tests.common import JsonRpcException

from .common import OrderPageCase

#: what portal users may read by Odoo's rules, and what belongs to it
_MODELS = (
    "purchase.order",
    "purchase.order.line",
    "stock.picking",
    "account.move",
    "res.partner",
    "res.company",
    "product.supplierinfo",
)


@tagged("post_install", "-at_install")
class TestOverRpc(OrderPageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order()
        # Odoo shows an order to its followers.
        cls.order.message_subscribe(cls.supplier.partner_id.ids)

    def setUp(self):
        super().setUp()
        self.sign_in(self.supplier)

    def call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": kwargs},
        )

    def our_fields(self, model):
        fields = self.env[model]._fields.values() if model in self.env else ()
        return sorted(
            field.name
            for field in fields
            if field._modules and all(module.startswith("trade_") for module in field._modules)
        )

    def test_no_field_of_ours_can_be_read(self):
        records = {
            "purchase.order": self.order,
            "purchase.order.line": self.order.order_line,
            "res.partner": self.supplier.partner_id,
            "res.company": self.env.company,
        }
        for model, record in records.items():
            own = "display_name"
            self.assertTrue(self.call(model, "read", record.ids, [own])[0][own], model)  # Odoo's own: yes
            ours = self.our_fields(model)
            self.assertTrue(ours, model)
            for name in ours:
                with self.subTest(model=model, field=name), self.assertRaises(JsonRpcException) as caught:
                    self.call(model, "read", record.ids, [name])
                self.assertIn("AccessError", str(caught.exception))

    def test_nor_found_by_one(self):
        for domain in ([("trade_state", "!=", False)], [("order_line.trade_promised_qty", ">=", 0)]):
            with self.subTest(domain), self.assertRaises(JsonRpcException) as caught:
                self.call("purchase.order", "search", domain)
            self.assertIn("AccessError", str(caught.exception))

    def test_none_is_described(self):
        for model in _MODELS:
            if model in self.env and self.env[model].with_user(self.supplier).has_access("read"):
                described = self.call(model, "fields_get")
                self.assertTrue(described, model)
                self.assertFalse(set(self.our_fields(model)) & set(described), model)

    def test_every_field_of_ours_names_who_reads_it(self):
        """Also those of models that portal users do not reach today."""
        for model in _MODELS:
            for name in self.our_fields(model):
                self.assertTrue(self.env[model]._fields[name].groups, f"{model}.{name}")
