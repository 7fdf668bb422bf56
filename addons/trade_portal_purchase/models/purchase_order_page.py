import hashlib
import json
from typing import NamedTuple

from odoo import fields, models

from odoo.addons.trade_core.mapping.units import OTHER_UNIT
from odoo.addons.trade_core.models.trade_message import INTERACTIVE
from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_portal import words
from odoo.addons.trade_purchase.tools import PRICE_DECIMALS

from ..changes import plain
from .trade_connector import PURPOSE


class Line(NamedTuple):
    """What stands on the page about one line."""

    ref: str
    line: models.BaseModel
    name: str
    code: str
    unit: str
    unit_code: str
    asked: str  # what we ask, as people read it
    quantity: str  # digits with a point, as forms take them
    price: str
    day: str  # ISO 8601
    answered: list  # texts: what they answered, the last word
    reply: str  # ours to that
    tone: str
    despatched: str
    received: str
    open_quantity: str  # neither received nor announced yet


class Standing(NamedTuple):
    """Where the order stands, for its partner."""

    tone: str
    title: str
    text: str = ""
    reading: bool = False  # in a moment there is more to see


class PurchaseOrder(models.Model):
    """What the partner's page of an order shows, and how what is said there comes in."""

    _inherit = "purchase.order"

    # -- lines -------------------------------------------------------------------------------------

    def _portal_lines(self, trade_partner):
        """:return: list of :class:`Line`, in the partner's words"""
        resolver = self.env["trade.mapping"]._resolver(trade_partner, self.company_id)
        lines = self._trade_lines_by_ref()
        resolver.prefetch_codes("product", self.order_line.product_id, scheme="seller")
        resolver.prefetch_codes("uom", self.order_line.product_uom_id)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        rows = self._portal_answer_rows()
        return [
            self._portal_line(ref, line, resolver, digits, rows.get(ref))
            for ref, line in lines.items()
            if line.product_qty or line.qty_received or line.trade_answered
        ]

    def _portal_line(self, ref, line, resolver, digits, rows):
        values = line._portal_asked()
        product = line.product_id.with_context(lang=self.env.lang)
        answered, reply, tone = self._portal_said(rows)
        despatched = max(line.trade_despatched_qty, 0.0)
        left = max(line.product_qty - max(line.qty_received, despatched), 0.0)
        return Line(
            ref=ref,
            line=line,
            name=product.name,
            code=resolver.code_of("product", product, scheme="seller") or product.default_code or "",
            unit=line.product_uom_id.with_context(lang=self.env.lang).name,
            unit_code=resolver.code_of("uom", line.product_uom_id) or OTHER_UNIT,
            asked=self._portal_words(line, values.values()),
            quantity=plain(decimal(values["trade_asked_qty"], digits)),
            price=plain(decimal(values["trade_asked_price"], PRICE_DECIMALS)),
            day=fields.Date.to_string(values["trade_asked_date"]) or "",
            answered=answered,
            reply=reply,
            tone=tone,
            despatched=plain(decimal(despatched, digits)) if despatched else "",
            received=plain(decimal(line.qty_received, digits)) if line.qty_received else "",
            open_quantity=plain(decimal(left, digits)),
        )

    def _portal_words(self, line, values):
        """Quantity, price and day as people read them."""
        unit = line.product_uom_id.with_context(lang=self.env.lang).name
        row = self.env["trade.purchase.answer"].new({"unit": unit, "currency_id": self.currency_id.id})
        return row._words(*values)

    def _portal_answer_rows(self):
        """``{line number: rows of the latest answer that counts}``."""
        messages = self.trade_answer_ids.message_id.filtered(
            lambda message: message.mode == "live" and message.state in ("held", "applied", "rejected")
        )
        latest = messages.sorted("id")[-1:]
        rows = self.trade_answer_ids.filtered(lambda row: row.message_id == latest)
        return rows.sorted(lambda row: (row.sequence, row.part, row.id)).grouped("key")

    def _portal_said(self, rows):
        """What they answered about a line, what we reply, and whose turn it is."""
        if not rows:
            return [], "", "plain"
        _, head = self.env._, rows[0]
        kinds = {
            "accepted": _("As ordered"),
            "rejected": _("You cannot deliver it"),
            "missing": _("Not answered"),
        }
        said = [kinds[head.kind]] if head.kind in kinds else [row.answered for row in rows if row.answered]
        if head.note:
            said.append(f"“{head.note}”")
        if head.kind == "accepted" or not head.difference:
            return said, "", "done"
        if head.decision == "pending":
            return said, _("We look at it and decide."), "waiting"
        if head.decision == "accepted":
            return said, _("Agreed."), "done"
        if head.decision == "countered":
            proposal = head._words(head.counter_qty, head.counter_price, head.counter_date)
            note = f" “{head.counter_note}”" if head.counter_note else ""
            return said, _("We propose: %s", proposal) + note, "you"
        return said, _("Not agreed: it stays as we ordered."), "you"

    # -- where it stands ---------------------------------------------------------------------------

    def _portal_standing(self):
        """:return: :class:`Standing`"""
        _ = self.env._
        lately = fields.Datetime.subtract(fields.Datetime.now(), minutes=2)
        fresh = self._portal_fresh().filtered(
            lambda message: message.state in ("received", "decoded") and message.received_at > lately
        )
        if fresh:
            return Standing(
                "waiting", _("Thank you, we are reading it"), _("This takes a few seconds."), reading=True
            )
        messages = self._portal_messages()
        out, answers = self._trade_talk(messages.filtered("res_id"))
        answers = answers.filtered(lambda answer: not answer.trade_receipt_only)
        answer = answers[-1:]
        if self.state == "cancel":
            if out.document_type == "order_cancellation" and out.state == "sent" and not out.answer_id:
                return Standing("you", _("We cancelled this order"), _("Please confirm that you know."))
            return Standing("done", _("This order was cancelled"), _("There is nothing to do any more."))
        if self._trade_is_complete():
            return Standing("done", _("Everything was delivered"))
        if self._portal_changing():
            return Standing(
                "waiting",
                _("We are changing this order"),
                _("The new one comes by e-mail in a few minutes. Please answer that one."),
            )
        if answer and answer.id > out.id:
            return self._portal_standing_answered(answer)
        if out.revision and messages.filtered(lambda one: one.direction == "out" and one.id < out.id):
            return Standing("you", _("The order has changed"), _("Please look at it and answer again."))
        return Standing("you", _("Please answer this order"), _("Confirm it, or say what is different."))

    def _portal_changing(self):
        """Whether a change waits to be written: until then nobody can say what is to be answered."""
        out = self._trade_last_message()
        waits = out.state in ("queued", "held") and not out.canonical_digest
        return bool(self.state == "purchase" and waits and self._trade_has_left())

    def _portal_standing_answered(self, answer):
        _ = self.env._
        if answer.state == "applied":
            return Standing("done", _("We agree"), _("Your answer was taken over."))
        if answer.state == "rejected":
            return Standing(
                "you", _("We do not agree with your answer"), _("Please look at the order again.")
            )
        if self.trade_pending_count:
            return Standing(
                "waiting",
                _("We look at your answer"),
                _("Something differs, and one of us decides about it."),
            )
        said = words.of_message(answer)
        return Standing(said.tone, said.text, said.remedy)

    def _portal_trail(self):
        """What happened, in words, the newest first: ``[(instant, text), …]``."""
        _, trail = self.env._, []
        for message in self._portal_messages():
            if message.direction == "out":
                if message.sent_at:
                    # An answer may come before our own note that the sending has ended.
                    at = min(message.sent_at, message.answer_id.received_at or message.sent_at)
                    trail.append((at, self._portal_words_sent(message)))
                continue
            said = words.of_message(message)
            trail.append((message.received_at, f"{self._portal_words_came(message)}: {said.text}"))
        opened = self.env["trade.portal.link"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("purpose", "=", PURPOSE),
                ("opened_at", "!=", False),
            ],
            limit=20,
        )  # fmt: skip
        trail += [(link.opened_at, _("You opened the page from our e-mail.")) for link in opened]
        return sorted(reversed(trail), key=lambda step: step[0], reverse=True)

    def _portal_words_sent(self, message):
        _ = self.env._
        if message.document_type == "order_cancellation":
            return _("We told you that the order is cancelled.")
        if (message.trade_said or {}).get("answer"):
            return _("We replied to your answer.")
        if message.revision:
            return _("We sent you a change of the order (revision %s).", message.revision)
        return _("We sent you the order.")

    def _portal_words_came(self, message):
        _ = self.env._
        here = message.idempotency_scope == self._portal_scope()
        if message.document_type == "order_response":
            return _("You answered on this page") if here else _("You answered")
        if message.document_type == "despatch_advice":
            return _("You told us what you send (%s)", message.document_number or "")
        if message.document_type == "invoice":
            return _("You sent the invoice %s", message.document_number or "")
        return words.name(message)

    # -- what may be done --------------------------------------------------------------------------

    def _portal_may(self, trade_partner):
        """What can be done on the page now: a set of ``answer``, ``file``, ``end``, ``ship``, ``invoice``."""
        may = set()
        for what, document_type in (
            ("answer", "order_response"),
            ("ship", "despatch_advice"),
            ("invoice", "invoice"),
        ):
            if self._portal_in_route(trade_partner, document_type):
                may.add(what)
        if self.state == "cancel":
            told = self._trade_last_message()
            waits = told.document_type == "order_cancellation" and told.state == "sent" and not told.answer_id
            return {"end"} if waits and "answer" in may else set()
        if self._trade_is_complete():
            may -= {"answer", "ship"}
        if self._portal_changing():
            may.discard("answer")
        if "answer" in may:
            may.add("file")
        return may

    # -- what is said on the page ------------------------------------------------------------------

    def _portal_key(self, what):
        """Names what the page shows and what was said of it before: two windows, or two clicks, say the same
        thing once; a page of an order that has changed since is known by it.

        :param str what: ``answer``, ``ship`` or ``invoice``
        """
        told = f"{self.state}:{self.trade_revision}:{self._portal_content()}"
        digest = hashlib.sha256(told.encode()).hexdigest()[:16]
        return f"{what}-{digest}-{len(self._portal_said_before(what))}"

    def _portal_content(self):
        lines = [
            [ref, line.product_id.id, *(str(value) for value in line._portal_asked().values())]
            for ref, line in self._trade_lines_by_ref().items()
        ]
        return json.dumps(lines)

    def _portal_said_before(self, what):
        """Messages of this kind that the page brought, oldest first."""
        return self._portal_fresh().filtered(lambda message: message.idempotency_key.startswith(f"{what}-"))

    def _portal_receive(
        self, route, raw, key, *, link=None, filename=None, codec="canonical_json", content="application/json"
    ):
        """Store what was said on the page, as if a system had sent it.

        :param bytes raw: the document
        :param str key: of the page, see :meth:`_portal_key`
        :param str codec: what reads it, whatever the route's other documents are written in
        :return: :class:`~odoo.addons.trade_core.models.trade_message_intake.Receipt`
        """
        return (
            self.env["trade.message"]
            .sudo()
            ._receive(
                raw,
                route=route,
                scope=self._portal_scope(),
                key=key,
                content_type=content,
                filename=filename,
                priority=INTERACTIVE,
                more={"codec": codec, "portal_link_id": link.id if link else None},
            )
        )


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _portal_asked(self):
        """What its partner is asked: what was sent last, or what it says while nothing was sent."""
        self.ensure_one()
        values = self._trade_asked_values()
        return {name: self[name] for name in values} if self.trade_asked_date else values
