from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .. import data_values

BANK_GROUP = "trade_core.group_trade_bank"
#: a number that the partner changed itself within this time proves nothing about its bank account
KNOWN_DAYS = 30


class TradeDataChange(models.Model):
    """Deciding: who may, about exactly what was on the screen, each thing once."""

    _inherit = "trade.data.change"

    # -- what people press -------------------------------------------------------------------------

    def action_accept(self):
        """Write it. Bank accounts are asked about first: whom did you call?"""
        self._check_right()
        if self.filtered("is_banking"):
            return self._ask("accepted")
        return self._decide("accepted")

    def action_refuse(self):
        """Leave everything as it is; the reason is told to the partner."""
        self._check_right()
        return self._ask("refused")

    def action_look_again(self):
        """Compare with what Odoo says by now, so that it can be decided."""
        self._check_right()
        for change in self._lock().sudo():
            record = change._target()
            if change.kind == "create" or not record:
                continue
            change._renew(record)
        self.trade_partner_id.sudo()._follow_changes()
        return False

    def _renew(self, record):
        """The same proposal over what the record says now; superfluous when it says so already."""
        old = data_values.current(record, self.field_name)
        if data_values.same(self.field_name, old or None, self.new_value or None):
            self._supersede()
            return
        self.write(
            {
                "old_value": old,
                "old_text": data_values.words(record, self.field_name, old),
                "digest": data_values.digest(self.target_key, old, self.new_value or None),
            }
        )

    def _ask(self, decision):
        """The dialogue for what has to be said with a decision."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm bank details")
            if decision == "accepted"
            else self.env._("Refuse what is proposed"),
            "res_model": "trade.data.change.decide",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_decision": decision,
                "default_change_ids": self.filtered(lambda one: one.state == "proposed").ids,
                "default_seen": {str(change.id): change.digest for change in self},
                "dialog_size": "medium",
            },
        }

    # -- who may -----------------------------------------------------------------------------------

    def _check_right(self):
        """Managers decide; about bank accounts those who were given that right.

        :raise AccessError: nobody else
        """
        self.check_access("read")
        user = self.env.user
        if self.filtered("is_banking") and not user.has_group(BANK_GROUP):
            raise AccessError(
                self.env._(
                    "Bank accounts are confirmed by people with the right “May confirm bank details”. Ask one"
                    " of them, or an administrator for the right."
                )
            )
        others = self.filtered(lambda change: not change.is_banking)
        if others and not user.has_group("trade_core.group_trade_manager"):
            raise AccessError(
                self.env._("What partners say of themselves is decided by managers of Trading Partners.")
            )

    def _check_four_eyes(self):
        """Whoever entered a bank account cannot be the one who confirms it."""
        if self.filtered(lambda change: change.is_banking and change.entered_by_id == self.env.user):
            raise UserError(
                self.env._(
                    "You entered this yourself. Bank accounts need a second pair of eyes: ask somebody else"
                    " with the right to confirm them."
                )
            )

    def _check_callback(self, callback):
        """Somebody called a number that was known before, after the partner said it.

        :param callback: ``{"contact": res.partner, "at": naive UTC}``
        """
        contact, at = callback.get("contact"), callback.get("at")
        if not (contact and at):
            raise UserError(
                self.env._(
                    "Say whom you called, and when. A mail or a letter is no proof: call a known number."
                )
            )
        if self.trade_partner_id.partner_id.commercial_partner_id != contact.commercial_partner_id:
            raise UserError(self.env._("%s does not belong to this partner.", contact.display_name))
        if not contact.phone:
            raise UserError(
                self.env._(
                    "No phone number is known for %s. Choose a contact with one.", contact.display_name
                )
            )
        if at > fields.Datetime.now() + timedelta(minutes=5) or at < min(self.mapped("proposed_at")):
            raise UserError(self.env._("The call was made after the account was proposed, and before now."))
        if self._said_lately(contact):
            raise UserError(
                self.env._(
                    "The number of %(contact)s came over a route or a page within the last %(days)s days."
                    " Whoever sent the bank account may have sent the number, too. Call one you knew before.",
                    contact=contact.display_name,
                    days=KNOWN_DAYS,
                )
            )

    def _said_lately(self, contact):
        """Whether the number of a contact came through the gate not long ago."""
        return bool(
            self.sudo().search_count(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_id", "=", contact.id),
                    ("state", "=", "accepted"),
                    ("decided_at", ">", fields.Datetime.now() - timedelta(KNOWN_DAYS)),
                    "|",
                    ("field_name", "=", "phone"),
                    ("kind", "=", "create"),
                ],
                limit=1,
            )
        )

    # -- deciding ----------------------------------------------------------------------------------

    def _lock(self):
        """The rows that are still open, and nobody else's until the end of the transaction."""
        self.env.execute_query(
            SQL("SELECT id FROM trade_data_change WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids)
        )
        self.invalidate_recordset()
        return self.filtered(lambda change: change.state == "proposed")

    def _decide(self, decision, reason=None, callback=None, seen=None):
        """Accept or refuse: all that is still open and as it was on the screen.

        :param decision: accepted or refused
        :param callback: for bank accounts, see :meth:`_check_callback`
        :param dict seen: id → digest as they were on the screen
        :raise UserError: nothing of it can be decided, with the reason
        """
        self._check_right()
        changes = self._lock()
        if not changes:
            raise UserError(self._why_closed())
        changes._check_seen(seen or {})
        values = {
            "state": decision,
            "reason": reason or False,
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }
        left = self.browse()
        if decision == "accepted":
            left = changes._check_current()
            changes -= left
            if banking := changes.filtered("is_banking"):
                banking._check_four_eyes()
                banking._check_callback(callback or {})
                contact = callback["contact"]
                values |= {
                    "callback_contact_id": contact.id,
                    "callback_number": contact.phone,
                    "callback_at": callback["at"],
                }
            changes._apply()
        changes.sudo().write(values)
        for profile, some in changes.grouped("trade_partner_id").items():
            profile.sudo()._post_changes(some, notify=False)
            profile.sudo()._follow_changes()
        return left._tell_left() if left else False

    def _why_closed(self):
        one = self[:1]
        if one.decided_by_id:
            return self.env._(
                "%(who)s decided this already: %(what)s.",
                who=one.sudo().decided_by_id.name,
                what=dict(one._fields["state"]._description_selection(self.env))[one.state].lower(),
            )
        return self.env._("There is nothing to decide any more: the partner has said something newer.")

    def _check_seen(self, seen):
        """A decision counts for exactly what was on the screen."""
        given = self.env.context.get("trade_seen_digest")
        for change in self:
            expected = seen.get(str(change.id)) or (given if len(self) == 1 else None)
            if expected and expected != change.digest:
                raise UserError(
                    self.env._(
                        "%s is not what was on your screen any more. Look at it again, then decide.",
                        change.display_name,
                    )
                )

    def _check_current(self):
        """Those that were proposed over something Odoo does not say any more.

        :raise UserError: it is the only one
        """
        stale = self.filtered("is_stale")
        if stale and len(stale) == len(self):
            one = stale[0]
            if not one._target():
                raise UserError(
                    self.env._(
                        "%s is not there any more. Refuse the change.", one.record_name or one.field_label
                    )
                )
            raise UserError(
                self.env._(
                    "%(field)s was changed in Odoo meanwhile, to “%(now)s”. Press Look again, then decide.",
                    field=one.display_name,
                    now=one.current_text or "–",
                )
            )
        return stale

    def _apply(self):
        """Write accepted changes: all of one record at once, because they belong together."""
        for change in self.filtered(lambda one: one.kind == "create").sudo():
            record = change.env["trade.data.owner"]._make(change._model(), change._vals())
            change.write({"res_id": record.id, "record_name": record.display_name})
        updates = self.filtered(lambda one: one.kind != "create").sudo()
        for _target, some in updates.grouped(lambda one: (one.res_model, one.res_id)).items():
            vals = {}
            for change in some.sorted("id"):
                vals |= change._vals()
            some[0]._target().write(vals)
        self.env.flush_all()

    def _model(self):
        return self.env[self.res_model].sudo().with_company(self.company_id)

    def _tell_left(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%s were left: Odoo was changed meanwhile. Press Look again there, then decide.",
                    len(self),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
