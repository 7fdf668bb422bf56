"""The gate: what is said of a partner's data is written, proposed or noted, as the rules say.

The contract is at ``trade.data.owner._offer``. One :class:`Gate` is for what came at once about one partner.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from psycopg2 import DataError, IntegrityError

from . import data_values
from .data_rules import stricter

#: what came from a person or a file is refused with these; everything else is a defect
_REFUSALS = (UserError, RedirectWarning, IntegrityError, DataError, ValueError)
WRITTEN, UNCHANGED, HELD, IGNORED, REFUSED = "written", "unchanged", "held", "ignored", "refused"


@dataclass(frozen=True)
class Outcome:
    """What happened to one field, or to one new record.

    :ivar field: its name; ``None`` for a new record as a whole
    :ivar label: what it is called
    :ivar group: the group of fields it belongs to; ``None`` when it belongs to none
    :ivar outcome: written, unchanged, held, ignored or refused
    :ivar text: what happened, in a sentence for the sender
    :ivar change: the ``trade.data.change`` that keeps it, if there is one
    """

    field: str | None
    label: str
    group: str | None
    outcome: str
    text: str
    change: Any = None


class Gate:
    """What is said of one partner at once, by itself or by a system of ours."""

    def __init__(self, env, trade_partner, source, note=None, rules=None):
        profile = trade_partner.sudo().with_company(trade_partner.sudo().company_id)
        self._ = env._  # the sender's language
        self.env = profile.with_context(lang=profile.user_id.lang or env.lang).env
        self.profile = profile.with_env(self.env)
        self.Owner = self.env["trade.data.owner"]
        self.Change = self.env["trade.data.change"]
        self.source, self.note = source, note
        self.system = self._check_speaker()
        self.writer = self.system.system_kind or "partner"
        self.rules = rules or self.Owner._rulebook(trade_partner)
        self.registry = self.Owner._fields_of()
        self.entered_by = self._who()
        self.known, self.kept = {}, []

    def _check_speaker(self):
        """Whose word it is: a message is its sender's.

        :return: the system of ours that speaks; an empty one: the partner itself
        :raise AccessError: another partner speaks
        """
        sender = self.source.sudo().trade_partner_id if self.source._name == "trade.message" else self.profile
        if sender == self.profile:
            return self.profile.browse()
        if sender.system_kind and sender.company_id == self.profile.company_id:
            return sender.with_env(self.env)
        raise AccessError(
            self._(
                "%(sender)s may not say anything about %(partner)s.",
                sender=sender.name,
                partner=self.profile.name,
            )
        )

    def _who(self):
        """The person who entered it: of a message whoever uploaded it, else who is at work."""
        if self.source._name == "res.users":
            return self.source
        return self.source.sudo().create_uid if self.source._name == "trade.message" else self.env.user

    def offer(self, offers):
        """See ``trade.data.owner._offer_all``."""
        offers = [(record.with_env(self.env), vals and dict(vals)) for record, vals in offers]
        for record, _vals in offers:
            self._check_holder(record)
        self._recall(offers)
        outcomes = []
        for record, vals in offers:
            if vals is None:
                outcomes += self._gone(record)
            else:
                outcomes += self._changed(record, vals) if record else self._new(record, vals)
        self._tell()
        return outcomes

    def _check_holder(self, record):
        if not record:
            return
        record.ensure_one()
        holder = self.Owner._holder_of(record)
        company = "company_id" in record._fields and record.company_id
        foreign = company and company != self.profile.company_id
        if foreign or holder != self.profile.partner_id.commercial_partner_id:
            raise AccessError(
                self._(
                    "%(record)s does not belong to %(partner)s.",
                    record=record.display_name,
                    partner=self.profile.name,
                )
            )

    # -- what was said before ----------------------------------------------------------------------

    def _recall(self, offers):
        """What the same speaker proposed before, and what of it was refused and ignored; newest first."""
        keys = [key for record, vals in offers for key in self._keys(record, vals)]
        if not keys:
            return
        found = self.Change.search(
            [
                ("trade_partner_id", "=", self.profile.id),
                ("said_by_id", "=", self.system.id),
                ("target_key", "in", keys),
                ("state", "in", ("proposed", "refused", "ignored")),
            ],
            order="id desc",
        )
        self.known = found.grouped("target_key")

    def _keys(self, record, vals):
        if record:
            return [f"{record._name},{record.id},{name}" for name in (vals or ("active",))]
        return [self._new_key(record, vals)]

    def _new_key(self, record, vals):
        named = [data_values.key_of(str(vals.get(name) or "")) for name in self.Owner._named_by(record._name)]
        return ",".join((record._name, "new", *named))

    def _before(self, key, digest, *states):
        """The same proposal as it was made before, the newest one; empty when it was not."""
        known = self.known.get(key, self.Change.browse())
        return known.filtered(lambda one: one.digest == digest and one.state in states)[:1]

    def _supersede(self, key, but=None):
        """What was proposed about the same before does not count any more."""
        older = self.known.get(key, self.Change.browse()).filtered(lambda one: one.state == "proposed")
        if but:
            older -= but
        older._supersede()

    # -- a record that is there --------------------------------------------------------------------

    def _changed(self, record, vals):
        groups = self.registry.get(self.Owner._place_of(record, vals), {})
        outcomes, wanted = [], {}
        for name, value in vals.items():
            if name not in groups:
                outcomes.append(self._closed(record, name))
                continue
            try:
                new = data_values.plain(record, name, value)
            except (ValueError, TypeError):
                outcomes.append(self._no_value(record, name, value, groups[name][1]))
                continue
            if data_values.same(name, data_values.current(record, name), new):
                self._supersede(f"{record._name},{record.id},{name}")
                outcomes.append(
                    self._outcome(record, name, groups[name][1], UNCHANGED, self._("Is so already."))
                )
            else:
                wanted.setdefault(groups[name], {})[name] = new
        for (domain, group), new in wanted.items():
            ruling, rule = self.rules.ruling(domain, group, self.writer)
            rows = [self._row(record, group, name, value) for name, value in new.items()]
            if ruling in ("write", "accept"):
                outcomes += self._write(record, new, rows, ruling, rule)
            else:
                outcomes += self._hold(record, new, rows) if ruling == "hold" else self._ignore(rows, rule)
        return outcomes

    def _row(self, record, group, name, new):
        """The values of a ``trade.data.change`` about one field."""
        old, key = data_values.current(record, name), f"{record._name},{record.id},{name}"
        return self._said(record, group, key, [old, new]) | {
            "kind": "update",
            "res_id": record.id,
            "record_name": record.display_name,
            "field_name": name,
            "field_label": data_values.label(record, name),
            "old_value": old,
            "new_value": new,
            "old_text": data_values.words(record, name, old),
            "new_text": data_values.words(record, name, new),
        }

    def _said(self, record, group, key, values):
        return {
            "trade_partner_id": self.profile.id,
            "said_by_id": self.system.id,
            "writer": self.writer,
            "company_id": self.profile.company_id.id,
            "field_group": group,
            "res_model": record._name,
            "target_key": key,
            "digest": data_values.digest(key, *values),
            "source": f"{self.source._name},{self.source.id}",
            "entered_by_id": self.entered_by.id,
            "note": self.note,
        }

    def _write(self, record, new, rows, ruling, rule):
        refusal = self._try(lambda: record.write(new), keep=True)
        if refusal:
            return self._refuse(rows, refusal)
        for row in rows:
            self._supersede(row["target_key"])
        changes = self._keep(rows, "accepted", ruling, rule)
        text = self._("Written.")
        return [self._by(change, WRITTEN, text) for change in changes]

    def _hold(self, record, new, rows):
        refusal = self._try(lambda: record.write(self._provable(new)))
        return self._propose(rows, refusal)

    def _propose(self, rows, refusal):
        """Proposals; what waits already goes on waiting, what was refused is not asked again by a file."""
        if refusal:
            return self._refuse(rows, refusal)
        outcomes, fresh = [], []
        for row in rows:
            key = row["target_key"]
            waiting = self._before(key, row["digest"], "proposed")
            refused = self._before(key, row["digest"], "refused").filtered("decided_by_id")
            self._supersede(key, but=waiting)
            if waiting:
                outcomes.append(self._by(waiting, HELD, self._("Waits for our decision already.")))
            elif refused and self.source._name == "trade.message":
                outcomes.append(self._by(refused, REFUSED, refused._answer(self._)))
            else:
                fresh.append(row)
        text = self._("Waits for our decision.")
        return outcomes + [self._by(change, HELD, text) for change in self._keep(fresh, "proposed")]

    def _refuse(self, rows, reason):
        """Odoo does not take it: kept with the reason, so that the sender hears of it."""
        outcomes, fresh = [], []
        for row in rows:
            again = self._before(row["target_key"], row["digest"], "refused")
            self._supersede(row["target_key"])
            if again.reason == reason:
                outcomes.append(self._by(again, REFUSED, reason))
            else:
                fresh.append(row | {"reason": reason})
        return outcomes + [self._by(change, REFUSED, reason) for change in self._keep(fresh, "refused")]

    def _ignore(self, rows, rule):
        outcomes, fresh = [], []
        text = self._("Not taken: this is kept by us. Tell your contact here if it is wrong.")
        for row in rows:
            again = self._before(row["target_key"], row["digest"], "ignored")
            self._supersede(row["target_key"])
            if again:
                outcomes.append(self._by(again, IGNORED, text))
            else:
                fresh.append(row)
        return outcomes + [
            self._by(change, IGNORED, text) for change in self._keep(fresh, "ignored", "ignore", rule)
        ]

    # -- a record that is not there yet ------------------------------------------------------------

    def _new(self, record, vals):
        place = self.Owner._place_of(record, vals)
        groups, free = self.registry.get(place, {}), self.Owner._may_be_set(record._name)
        outcomes, new = [], {}
        for name, value in vals.items():
            if name not in groups and name not in free:
                outcomes.append(self._closed(record, name))
                continue
            try:
                new[name] = data_values.plain(record, name, value)
            except (ValueError, TypeError):
                outcomes.append(self._no_value(record, name, value, None))
        new = {name: value for name, value in new.items() if value is not None}
        said = {groups[name] for name in new if name in groups}
        if not said:
            return outcomes
        rulings = {group: self.rules.ruling(domain, group, self.writer) for domain, group in said}
        ruling = stricter(*(ruling for ruling, _rule in rulings.values()))
        group, rule = next((group, rule) for group, (one, rule) in sorted(rulings.items()) if one == ruling)
        row = self._new_row(record, group, new)
        create = new | self.Owner._link_of(record._name, self.profile)
        if ruling == "ignore":
            return outcomes + self._ignore([row], rule)
        if ruling == "hold":
            return outcomes + self._propose([row], self._try(lambda: self.Owner._make(record, create)))
        made = []
        refusal = self._try(lambda: made.append(self.Owner._make(record, create)), keep=True)
        if refusal:
            return outcomes + self._refuse([row], refusal)
        self._supersede(row["target_key"])
        row |= {"res_id": made[0].id, "record_name": made[0].display_name}
        return outcomes + [
            self._by(change, WRITTEN, self._("Written."))
            for change in self._keep([row], "accepted", ruling, rule)
        ]

    def _new_row(self, record, group, new):
        key = self._new_key(record, new)
        lines = [
            f"{data_values.label(record, name)}: {data_values.words(record, name, value)}"
            for name, value in new.items()
        ]
        return self._said(record, group, key, [None, new]) | {
            "kind": "create",
            "record_name": new.get("name") or new.get("acc_number") or new.get("value"),
            "field_label": self._called(record, new),
            "new_value": new,
            "new_text": " · ".join(lines),
        }

    def _called(self, record, new):
        """What a new record is called."""
        _ = record.env._
        called = {
            "res.partner/contact": _("New contact"),
            "res.partner/address": _("New address"),
            "res.partner.bank": _("New bank account"),
            "trade.identifier": _("New identifier"),
            "trade.identifier/vat": _("New tax number"),
        }
        place = self.Owner._place_of(record, new)
        return called.get(place) or _("New: %s", record.env["ir.model"]._get(record._name).name)

    # -- a record that is to go --------------------------------------------------------------------

    def _gone(self, record):
        """Archived, never deleted: what was traded with it stays readable."""
        place = self.Owner._place_of(record, {})
        ruled = self.Owner._group_of(place)
        if not ruled or "active" not in record._fields or place == "res.partner":
            return [self._closed(record, "active")]
        if not record.active:
            return [self._outcome(record, "active", ruled[1], UNCHANGED, self._("Is so already."))]
        ruling, rule = self.rules.ruling(*ruled, self.writer)
        new, row = {"active": False}, self._row(record, ruled[1], "active", None) | self._farewell(place)
        row["old_text"] = self._described(record, place)
        if place.startswith("res.partner/") and record.user_ids:
            # Who has left and can still log in is somebody's to look at; Odoo refuses to archive them.
            return self._propose([row], "") if ruling != "ignore" else self._ignore([row], rule)
        if ruling in ("write", "accept"):
            return self._write(record, new, [row], ruling, rule)
        return self._hold(record, new, [row]) if ruling == "hold" else self._ignore([row], rule)

    def _farewell(self, place):
        """What a record that goes is called, and what becomes of it."""
        _ = self.env._
        label, text = {
            "res.partner/contact": (_("Contact left"), _("Has left: to be archived")),
            "res.partner/address": (_("Address given up"), _("Given up: to be archived")),
            "res.partner.bank": (_("Bank account closed"), _("Closed: to be archived")),
        }.get(place, (_("Removed"), _("To be archived")))
        return {"kind": "remove", "field_label": label, "new_text": text}

    def _described(self, record, place):
        """A record in one line: all it says that partners may speak about."""
        said = [(name, data_values.current(record, name)) for name in self.registry[place]]
        return " · ".join(data_values.words(record, name, value) for name, value in said if value)

    # -- trying ------------------------------------------------------------------------------------

    def _provable(self, new):
        """What can be tried without asking somebody outside: a VAT number may be looked up in an online
        register while it is written."""
        asks = "vat_check_vies" in self.profile.company_id._fields and self.profile.company_id.vat_check_vies
        return {name: value for name, value in new.items() if not (asks and name == "vat")}

    def _try(self, write, keep=False):
        """Write in a savepoint.

        :param keep: keep what was written; else Odoo only says whether it would take it
        :return: why it was refused, in words; empty when it was not
        """
        try:
            with self._savepoint(keep):
                write()
        except IntegrityError:
            return self._("It contradicts another record.")
        except RedirectWarning as error:
            return str(error.args[0]).strip()
        except _REFUSALS as error:
            return str(error).strip()
        return ""

    @contextmanager
    def _savepoint(self, keep):
        savepoint = self.env.cr.savepoint()
        kept = False
        try:
            yield
            self.env.flush_all()
            kept = keep
        finally:
            savepoint.close(rollback=not kept)

    # -- keeping and telling -----------------------------------------------------------------------

    def _keep(self, rows, state, ruling=None, rule=None):
        if not rows:
            return self.Change.browse()
        decided = {"state": state}
        if state != "proposed":
            decided |= {
                "ruling": ruling,
                "owner_rule_id": rule.id if rule else False,
                "decided_at": fields.Datetime.now(),
            }
        changes = self.Change.create([row | decided for row in rows])
        self.kept += changes
        return changes

    def _tell(self):
        """Once for all that came: what was written is told, what was not is noted, what is to be decided is
        somebody's."""
        told = [change for change in self.kept if change.ruling == "accept"]
        noted = [change for change in self.kept if change.ruling in ("ignore", "write")]
        changes = self.Change.browse()
        if told:
            self.profile._post_changes(changes.union(*told), notify=True)
        if noted:
            self.profile._post_changes(changes.union(*noted), notify=False)
        self.profile._follow_changes()

    def _outcome(self, record, name, group, outcome, text):
        return Outcome(name, self._label(record, name), group, outcome, text)

    def _by(self, change, outcome, text):
        return Outcome(
            change.field_name or None, change.field_label, change.field_group, outcome, text, change
        )

    def _closed(self, record, name):
        known = name in record._fields
        text = self._("Cannot be changed by you.")
        return Outcome(name, self._label(record, name) if known else name, None, REFUSED, text)

    def _no_value(self, record, name, value, group):
        text = self._("%s is no value for this.", value)
        return Outcome(name, self._label(record, name), group, REFUSED, text)

    @staticmethod
    def _label(record, name):
        return data_values.label(record, name)
