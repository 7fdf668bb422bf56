from odoo import fields, models


class TradeConnectorTest(models.TransientModel):
    """What came of testing a connection, step by step."""

    _name = "trade.connector.test"
    _description = "Test of a Connection"
    _rec_name = "connector_id"

    connector_id = fields.Many2one("trade.connector", required=True, readonly=True, ondelete="cascade")
    paused = fields.Boolean(related="connector_id.paused")
    steps = fields.Json(readonly=True, help="A list of {name, outcome, words, ms}.")
    works = fields.Boolean(compute="_compute_works")

    def _compute_works(self):
        for test in self:
            test.works = not any(step["outcome"] == "failed" for step in test.steps or ())

    def action_again(self):
        """Test once more, for example after a secret was corrected."""
        return self.connector_id.action_test_connection()

    def action_go_live(self):
        """Put the connector to use; it is tested first."""
        return self.connector_id.action_go_live()
