import json

from odoo import models
from odoo.tools import groupby

from odoo.addons.trade_core.pipeline import files
from odoo.addons.trade_kernel import codecs
from odoo.addons.trade_kernel.errors import MappingMissing

from .. import syntaxes

#: the level of an answer that says how a document stands with us
STANDING = "standing"
#: what Peppol's invoice response calls itself, where a route speaks Peppol
_PEPPOL_RESPONSE = "peppol_invoice_response"


class TradeMessage(models.Model):
    """What we answer to files and documents of partners, in their own format."""

    _inherit = "trade.message"

    def _was_read(self, codec, parts):
        result = super()._was_read(codec, parts)
        answers = syntaxes.BY_CODEC.get(codec.name)
        if (
            answers
            and answers.functional
            and not self.parent_id
            and not self.env.context.get("trade_dry_run")
        ):
            self._acknowledge_files(codec, parts)
        return result

    def _acknowledge_files(self, codec, parts):
        """Queue an acknowledgement of every interchange of this file, once, where its sender gets them."""
        names = syntaxes.BY_CODEC[codec.name].identity
        for _identity, group in groupby(parts, lambda part: _identity_of(part, names)):
            envelope = group[0].envelope
            if not envelope.get("interchange_reference") or _only_acknowledgements(group):
                continue  # an acknowledgement is not acknowledged, or two systems would never end
            partner = self._sender_or_none(envelope)
            route = partner and self.env["trade.route"]._find(partner, "out", "acknowledgement")
            if (not route or route.codec != codec.name) or (
                route.edi_acknowledge == "asked" and not envelope.get("acknowledgement_requested")
            ):
                continue
            self._queue_acknowledgement(
                route, {"level": "syntax", **{name: envelope.get(name) for name in names}}
            )

    def _tell_errors(self, errors):
        """Queue an acknowledgement that says what is wrong in this document, for its sender to correct."""
        self.ensure_one()
        route = self.env["trade.route"]._find(self.trade_partner_id, "out", "acknowledgement")
        if route and route.edi_tell_errors and route.codec == self.codec:
            self._queue_acknowledgement(
                route, {"level": "application", "errors": [error.as_dict() for error in errors]}
            )

    def _queue_acknowledgement(self, route, about):
        """:param dict about: what is acknowledged; kept with the acknowledgement, and unique for a message"""
        about = {**about, "acknowledges": self.id}
        earlier = self.search(
            [("direction", "=", "out"), ("res_model", "=", self._name), ("res_id", "=", self.id)]
        )
        if any(_same(message.envelope, about) for message in earlier):
            return
        number = about.get("interchange_reference") or self.document_number or f"#{self.id}"
        message = self._queue(route, self, document_number=f"{about['level']} {self.id} {number}")
        message.sudo().envelope = about

    # -- how a document stands with us -----------------------------------------------------------

    def _tell_standing(self, standing):
        """By APERAK, 824 or invoice response, when the partner has a route for acknowledgements in such a
        format. What was decided otherwise before it left does not leave."""
        self.ensure_one()
        route = self._standing_route()
        if not route:
            return super()._tell_standing(standing)
        about = {"level": STANDING, "standing": standing, "acknowledges": self.id}
        told = self._standings_told()
        waiting = told.filtered(
            lambda message: message.state in ("queued", "held") and not message._may_have_left()
        )
        if told and _same(told[-1].envelope, about):
            return told[-1]
        waiting._withdraw(self.env._("It was decided otherwise before this left."))
        left = told - waiting
        if left and _same(left[-1].envelope, about):
            return left[-1]
        message = self._queue(
            route,
            self,
            document_number=f"{STANDING} {self.id} {self.document_number}",
            revision=left[-1].revision + 1 if left else 0,
        )
        message.sudo().envelope = about
        return message

    def _standings_told(self):
        """What its sender was told, or is about to be, oldest first."""
        found = self.sudo().search(
            [
                ("direction", "=", "out"),
                ("document_type", "=", "acknowledgement"),
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("state", "!=", "cancelled"),
            ],
            order="id",
        )
        return found.filtered(lambda message: (message.envelope or {}).get("level") == STANDING)

    def _standing_route(self):
        """The route by which its sender is told, the one in the document's own format first."""
        routes = self.env["trade.route"].sudo().search(
            [
                ("trade_partner_id", "=", self.trade_partner_id.id),
                ("direction", "=", "out"),
                ("document_type", "=", "acknowledgement"),
                ("codec", "in", list(syntaxes.BY_CODEC)),
                ("edi_tell_standing", "=", True),
            ]
        )  # fmt: skip
        return routes.sorted(lambda route: route.codec != self.codec)[:1]

    def _write_options(self, parts=None):
        options = super()._write_options(parts)
        standing = self.direction == "out" and (self.envelope or {}).get("level") == STANDING
        if standing and self.codec == "ubl" and str(options.get("profile", "")).startswith("peppol"):
            options = {**options, "profile": _PEPPOL_RESPONSE}
        return options

    # -- helpers ---------------------------------------------------------------------------------

    def _sender_or_none(self, envelope):
        try:
            return self._sender(envelope)
        except MappingMissing:
            return self.env["trade.partner"]

    def _held_with(self, error):
        result = super()._held_with(error)
        wrong = [one for one in error.errors if one.exception_class == "validation"]
        # What has no number cannot be named to its sender.
        known = self.document_number or (self.envelope or {}).get("document_id")
        if wrong and self.codec in syntaxes.BY_CODEC and known and self.mode == "live":
            self._tell_errors(wrong)
        return result

    def _parts_of(self):
        """This file, read again."""
        self.ensure_one()
        codec = codecs.get(self.envelope["syntax"])
        options = self.route_id._codec_options()
        if self.envelope.get("cut"):
            return files.outlined(codec, codec.outline(self._open(), options), options)
        return list(codec.decode(self._raw(), options))


def _identity_of(part, names):
    return json.dumps([part.envelope.get(name) for name in names], sort_keys=True)


def _only_acknowledgements(parts):
    return all(part.envelope.get("document_type") == "acknowledgement" for part in parts)


def _same(envelope, about):
    envelope = envelope or {}
    names = {*about, *envelope} - {"options"}
    return all(envelope.get(name) == about.get(name) for name in names)
