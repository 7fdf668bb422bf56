import ast

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import mute_logger
from psycopg2 import OperationalError

from odoo.addons.trade_kernel import events as catalogue
from odoo.addons.trade_kernel.errors import ValidationFailed


class TradeSubscriptionFilter(models.Model):
    """Which records of one type a subscription wants to hear of."""

    _name = "trade.subscription.filter"
    _description = "Filter of a Subscription"
    _order = "id"
    _rec_name = "res_model"

    subscription_id = fields.Many2one("trade.subscription", required=True, ondelete="cascade", index=True)
    res_model = fields.Selection("_selection_res_model", "Events about", required=True)
    domain = fields.Char(
        "Only where",
        required=True,
        default="[]",
        help="Looked at when the event is passed on. Of a record that was deleted meanwhile nobody is told.",
    )

    _one_each = models.UniqueIndex(
        "(subscription_id, res_model)", "One filter for each type of record: put both conditions into one."
    )

    @api.model
    def _selection_res_model(self):
        models_ = {kind.model for kind in catalogue.available() if kind.model in self.env}
        return sorted(((name, self.env[name]._description) for name in models_), key=lambda choice: choice[1])

    @api.constrains("domain", "res_model")
    def _check_domain(self):
        for rule in self:
            try:
                rule._fitting({0})
            except ValidationFailed as error:
                raise ValidationError(error.message) from error

    def write(self, vals):
        result = super().write(vals)
        if {"domain", "res_model"} & vals.keys():
            self.subscription_id._filters_mended()
        return result

    def unlink(self):
        subscriptions = self.subscription_id
        result = super().unlink()
        subscriptions.exists()._filters_mended()
        return result

    def _fitting(self, ids):
        """Those of the records that fit.

        :param set ids: of :attr:`res_model`
        :return: set of ids
        :raise ValidationFailed: ``subscription.filter_broken``: a field it names is gone, or it never was one
        """
        self.ensure_one()
        try:
            domain = ast.literal_eval(self.domain or "[]")
            records = self.env[self.res_model].sudo().with_context(active_test=False)
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                return set(records.search([("id", "in", list(ids)), *domain])._ids)
        except OperationalError:
            raise
        except Exception as error:
            # Whatever people wrote into it: it is their filter that is broken, and nothing else.
            raise ValidationFailed(
                "subscription.filter_broken",
                subscription=self.subscription_id.name,
                about=dict(self._selection_res_model()).get(self.res_model, self.res_model),
                detail=str(error),
                subject=f"subscription:{self.subscription_id.id}",
            ) from error
