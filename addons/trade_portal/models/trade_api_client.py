from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.trade_core.tools import take_turns
from odoo.addons.trade_http.scopes import BY_ROLE

OWN_KEYS = "trade_portal.own_keys"
MOST_CLIENTS, MOST_CLIENTS_DEFAULT = "trade_portal.max_clients", 5
_LONGEST_NAME = 64


class TradeApiClient(models.Model):
    """What partners may do with their own API clients: as much as the settings allow, and never unseen.

    Called as superuser for a client that belongs to the partner; who did it is the environment's user.
    """

    _inherit = "trade.api.client"

    @api.model
    def _portal_scopes(self, trade_partner):
        """What a client of this partner may be allowed at most: what its roles are for."""
        names = {name for role, its in BY_ROLE.items() if trade_partner[role] for name in its}
        return self.env["trade.api.scope"].search([("name", "in", sorted(names))])

    @api.model
    def _portal_new(self, trade_partner, name, mode, scope_names):
        """A new client of the partner, without a key yet.

        :param scope_names: what it shall be allowed; whatever is beyond the partner's roles is left out
        :raise UserError: it may not be made, with the reason and what to do
        """
        _ = self.env._
        trade_partner._portal_check_keys()
        name = (name or "").strip()[:_LONGEST_NAME]
        if not name:
            raise UserError(_("Give the system a name, so that you recognise it later."))
        if mode not in ("test", "live"):
            raise UserError(_("Choose whether it is a test system or a live one."))
        if mode == "live" and trade_partner.state != "live":
            raise UserError(_("Live systems can be added once we trade live. Make a test system first."))
        take_turns(trade_partner)
        if self.search_count([("trade_partner_id", "=", trade_partner.id), ("name", "=", name)], limit=1):
            # A second click, or a page loaded again, makes no second system.
            raise UserError(
                _(
                    "You have a system with this name already. If its key got lost, make another one;"
                    " for another system choose another name."
                )
            )
        most = trade_partner._portal_most_clients()
        if self.search_count([("trade_partner_id", "=", trade_partner.id)]) >= most:
            raise UserError(
                _("You have as many systems as you may have: %s. End one you no longer need.", most)
            )
        scopes = self._portal_scopes(trade_partner).filtered(lambda scope: scope.name in scope_names)
        if not scopes:
            raise UserError(_("Choose at least one thing the system shall be allowed to do."))
        client = self.create(
            {
                "name": name,
                "trade_partner_id": trade_partner.id,
                "mode": mode,
                "scope_ids": [(6, 0, scopes.ids)],
            }
        )
        client._portal_note(_("Made by the partner, on its own page."))
        return client

    def _portal_new_key(self, newest):
        """Make a key; the one before stays valid for the overlap.

        :param int newest: the newest key as the page showed it, 0 for none: a second click, or somebody
            else's, makes no second key
        :return: the key in clear, this once
        :raise UserError: keys were changed meanwhile
        """
        self.ensure_one()
        self.trade_partner_id._portal_check_keys()
        take_turns(self)
        if self._portal_newest() != newest:
            raise UserError(
                self.env._(
                    "A key was made a moment ago, and is shown only once. Make another one if it got lost."
                )
            )
        token = self.env["trade.api.key"]._issue(self)
        self._portal_note(self.env._("The partner made a new API key, on its own page."))
        return token

    def _portal_revoke(self, key_id):
        """End a key of this client now.

        :raise UserError: it has none with this number
        """
        self.ensure_one()
        self.trade_partner_id._portal_check_keys()
        key = self.key_ids.filtered(lambda key: key.id == key_id and key.is_valid)
        if not key:
            raise UserError(self.env._("This key has ended already."))
        key.action_revoke()
        self._portal_note(self.env._("The partner revoked the API key %s, on its own page.", key.hint))

    def _portal_end(self):
        """End the access of this client; what it sent stays."""
        self.ensure_one()
        self.trade_partner_id._portal_check_keys()
        self.active = False
        self._portal_note(self.env._("The partner ended the access of this client, on its own page."))

    def _portal_newest(self):
        return max(self.key_ids.ids, default=0)

    def _portal_note(self, body):
        """Who did what stands in the client's history, and whoever looks after the partner is told."""
        self.trade_partner_id._portal_tell(self, body)
