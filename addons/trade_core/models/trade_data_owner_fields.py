from odoo import api, models
from odoo.exceptions import AccessError

from ..data_gate import Gate
from ..data_values import key_of

_ADDRESS = ("street", "street2", "zip", "city", "state_id", "country_id")


class TradeDataOwner(models.Model):
    """Which fields of which records a partner may speak about, and the one way in for what it says."""

    _inherit = "trade.data.owner"

    @api.model
    def _fields_of(self):
        """The registry: what a partner may write at all, and which group it belongs to. Other addons add
        theirs with :meth:`_add_fields`. What is not in it is never written by a partner.

        A *place* is a model, or a model and a kind of its records (see :meth:`_place_of`).

        :return: ``{place: {field: (domain, group)}}``
        """
        found = {}
        for place, groups in {
            "res.partner": {
                "legal": ("name", "company_registry"),
                "tax": ("vat",),
                "contacts": ("phone", "email", "website", "lang"),
                "addresses": _ADDRESS,
            },
            "res.partner/contact": {
                "contacts": ("name", "function", "phone", "email", "lang"),
                "addresses": _ADDRESS,
            },
            "res.partner/address": {"addresses": ("name", *_ADDRESS, "phone", "email")},
            "res.partner.bank": {"banking": ("acc_number", "acc_holder_name", "bank_id", "currency_id")},
            "trade.identifier": {"identifiers": ("scheme", "value")},
            "trade.identifier/vat": {"tax": ("scheme", "value")},
        }.items():
            for group, names in groups.items():
                self._add_fields(found, place, "partner", group, *names)
        return found

    @api.model
    def _add_fields(self, found, place, domain, group, *names):
        """Add fields to the registry; those this database does not have are left out."""
        known = self.env[place.partition("/")[0]]._fields
        found.setdefault(place, {}).update({name: (domain, group) for name in names if name in known})

    @api.model
    def _place_of(self, record, vals):
        """Where a record belongs in the registry; of one that is not there yet, by what is said of it."""
        if record._name == "trade.identifier":
            scheme = vals.get("scheme") or record.scheme
            return "trade.identifier/vat" if "vat" in (scheme, record.scheme) else "trade.identifier"
        if record._name != "res.partner" or record == record.commercial_partner_id != record.browse():
            return record._name
        kind = record.type if record else vals.get("type", "contact")
        return "res.partner/contact" if kind == "contact" else "res.partner/address"

    @api.model
    def _holder_of(self, record):
        """The company (``res.partner``) a record belongs to; other addons add their models."""
        if record._name == "res.partner":
            return record.commercial_partner_id
        if record._name == "res.partner.bank":
            return record.partner_id.commercial_partner_id
        if record._name == "trade.identifier":
            return record.trade_partner_id.partner_id.commercial_partner_id
        raise AccessError(self.env._("Partners say nothing about %s.", record._description))

    @api.model
    def _link_of(self, model, profile):
        """What ties a new record to its partner; other addons add their models."""
        commercial = profile.partner_id.commercial_partner_id
        links = {
            "res.partner": {"parent_id": commercial.id},
            "res.partner.bank": {"partner_id": commercial.id},
            "trade.identifier": {"trade_partner_id": profile.id},
        }
        if model not in links:
            raise AccessError(self.env._("Partners cannot add anything here."))
        return links[model]

    @api.model
    def _named_by(self, model):
        """The fields that tell one new record from another: a later proposal about the same replaces it."""
        return {
            "res.partner": ("type", "name"),
            "res.partner.bank": ("acc_number",),
            "trade.identifier": ("scheme", "value"),
        }.get(model, ())

    @api.model
    def _group_of(self, place):
        """``(domain, group)`` that a record as a whole belongs to: what tells it from others does."""
        groups = self._fields_of().get(place, {})
        names = [name for name in self._named_by(place.partition("/")[0]) if name in groups]
        return groups[names[-1]] if names else None

    @api.model
    def _make(self, model, vals):
        """Create what was said. A bank account that was closed before is opened again, as untrusted as a new
        one: Odoo keeps the number of an archived account for itself.

        :param model: an empty record, in the environment to create in
        """
        if model._name == "res.partner.bank":
            closed = model.with_context(active_test=False).search(
                [
                    ("partner_id", "=", vals["partner_id"]),
                    ("sanitized_acc_number", "=", key_of(vals["acc_number"])),
                    ("active", "=", False),
                ],
                limit=1,
            )
            if closed:
                untrusted = {"allow_out_payment": False} if "allow_out_payment" in model._fields else {}
                closed.write({**vals, **untrusted, "active": True})
                return closed
        return model.create(vals)

    @api.model
    def _may_be_set(self, model):
        """What may be said of a new record besides the fields of the registry."""
        return {"res.partner": ("type",)}.get(model, ())

    # -- the gate ----------------------------------------------------------------------------------

    @api.model
    def _offer(self, record, vals, *, trade_partner, source, note=None):
        """The one way in for what the other side wrote: what may be written is written, what must be decided
        is proposed, the rest is noted. Call it with everything that came over a route, from a portal page or
        from a form of the onboarding.

        :param record: the record it is about; an empty one of its model for a new record
        :param dict vals: field → value, as ``write`` takes it; no commands for lists of records. ``None``:
            the record is to be archived
        :param trade_partner: whom it is about; the record must belong to it
        :param source: the record it came with: ``trade.message``, ``res.users`` (of the portal), a step …
            What a message says is the word of its sender: of the partner, or of a system of ours
        :param str note: what the sender said to it
        :return: ``[Outcome]`` (see :mod:`~..data_gate`): per field what happened, in words for the sender
        :raise AccessError: the record is not this partner's, or another partner speaks about it
        """
        return self._offer_all([(record, vals)], trade_partner=trade_partner, source=source, note=note)

    @api.model
    def _offer_all(self, offers, *, trade_partner, source, note=None, rules=None):
        """As :meth:`_offer`, for several records at once: the rules and what was proposed before are each
        read by one query.

        :param offers: ``[(record, vals), …]``
        :param rules: what :meth:`_rulebook` gave, when several documents of one partner come at once
        """
        return Gate(self.env, trade_partner, source, note, rules).offer(offers)
