from odoo import api, fields, models

from odoo.addons.trade_core import spoken

from ..scopes import BEFORE_SCOPES, SCOPES


class TradeApiScope(models.Model):
    """What an API client may do; one row for each scope the installed addons know (``scopes.py``)."""

    _name = "trade.api.scope"
    _description = "API Scope"
    _order = "name"

    name = fields.Char("Scope", required=True, readonly=True, help="As tokens and answers call it.")
    title = fields.Char("Allows to", required=True, readonly=True, translate=True)
    help = fields.Char("Meaning", required=True, readonly=True, translate=True)
    active = fields.Boolean(default=True, readonly=True)

    _unique_name = models.UniqueIndex("(name)")

    @api.depends("name", "title")
    def _compute_display_name(self):
        for scope in self:
            scope.display_name = f"{scope.title} ({scope.name})"

    def _words(self):
        """What it allows, in the reader's language."""
        return spoken.translated(self.env, "trade_http", self.with_context(lang="en_US").title)

    @api.model
    def _sync(self):
        """Keep the rows in step with what is registered; part of the data of every addon that registers some.

        When there were no scopes before, clients keep what they could do without them.
        """
        known = {scope.name: scope for scope in self.with_context(active_test=False).search([])}
        new = self.create(
            [
                {"name": name, "title": scope.title, "help": scope.help}
                for name, scope in SCOPES.items()
                if name not in known
            ]
        )
        for name, scope in known.items():
            registered = SCOPES.get(name)
            scope.active = bool(registered)
            if registered and (scope.title, scope.help) != registered:
                scope.write({"title": registered.title, "help": registered.help})
        if not known:
            clients = (
                self.env["trade.api.client"].with_context(active_test=False).search_fetch([], ["scope_ids"])
            )
            clients.scope_ids = new.filtered(lambda scope: scope.name in BEFORE_SCOPES)
