"""What tests of business events share."""

from unittest.mock import patch

import jsonschema_rs
from odoo.tests import TransactionCase

from odoo.addons.trade_core import announcing
from odoo.addons.trade_kernel import events


class EventCase(TransactionCase):
    """A trading partner that is a customer and a supplier, and what was announced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer, cls.profile = cls.make_partner("Azure Interior")
        cls.start = cls.commit()

    @classmethod
    def make_partner(cls, name, company=None, **vals):
        """A company and its live trading profile."""
        contact = cls.env["res.partner"].create({"name": name, "is_company": True, **vals})
        profile = cls.env["trade.partner"].create(
            {
                "partner_id": contact.id,
                "company_id": (company or cls.env.company).id,
                "state": "live",
                "is_customer": True,
            }
        )
        return contact, profile

    @classmethod
    def commit(cls):
        """What a commit does before it commits; the next thing happens in another transaction.

        :return: the id of the newest event
        """
        cls.env.cr.flush()
        announcing.forget(cls.env.cr)
        return cls.env["trade.event"].search([], limit=1, order="id desc").id or 0

    def told(self, *records, commit=True):
        """``[(type, data)]`` of what was announced about these records since this was asked last. Nothing may
        have failed, and all data is as its schema says."""
        if commit:
            self.commit()
        problems = self.env["trade.exception"].search([("code", "=", "event.not_written")])
        self.assertFalse(problems, problems.mapped("name"))
        found = self.env["trade.event"].search([("id", ">", self.start)], order="id")
        self.start = max(found.ids, default=self.start)
        for event in found:
            jsonschema_rs.validate(events.get(event.type).schema(), event.data)
        mine = found.filtered(
            lambda event: any(event.res_model == one._name and event.res_id == one.id for one in records)
        )
        self.last = mine
        return [(event.type, event.data) for event in mine]

    def types(self, *records):
        """As :meth:`told`, only the types."""
        return [kind for kind, _data in self.told(*records)]

    def assertNoQueryEach(self, happen, many=30):
        """Announcing what ``happen(number)`` does to so many records takes no query for each of them."""
        self._announcing_costs(lambda: happen(1))  # what is kept longer than a transaction
        few = self._announcing_costs(lambda: happen(3))
        self.assertLessEqual(self._announcing_costs(lambda: happen(many)), few + 2)

    def _announcing_costs(self, happen):
        """How many queries announcing adds to the commit of what ``happen`` does; ``happen`` runs twice."""

        def commit():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.commit()
            return self.env.cr.sql_log_count - before

        def silent(model, _method, _merge, topic):
            model.env.cr.precommit.data.pop(topic)

        with patch.object(announcing, "_announce", silent):
            happen()
            without = commit()
        happen()
        return commit() - without
