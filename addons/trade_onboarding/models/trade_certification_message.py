from odoo import api, models
from psycopg2 import OperationalError

from odoo.addons.trade_core.pipeline.failures import as_trade_error
from odoo.addons.trade_kernel.errors import Ignored


class TradeMessage(models.Model):
    """Answers to test orders go to the test bench, over whatever route they come."""

    _inherit = "trade.message"

    @api.model
    def _take_tests(self, works):
        result = super()._take_tests(works)
        Test = self.env["trade.certification.test"]
        for work, test, number in Test._spoken_of(works):
            message = work.message
            message.mode = "test"
            try:
                with self.env.cr.savepoint():
                    run = test.with_company(test.company_id)._came(work, number)
            except OperationalError:
                raise
            except Exception as error:
                work.error = as_trade_error(error)
                continue
            words = dict(run._fields["outcome"]._description_selection(self.env))[run.outcome]
            work.error = None
            work.ignored = Ignored("certification.taken", test=test.name, outcome=words)
            work.effects = run.effects or []
        return result
