from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class TradeCertificate(models.Model):
    """How certificates are asked for, and how they come with a supplier's documents."""

    _inherit = "trade.certificate"

    # -- asking ------------------------------------------------------------------------------------

    @api.model
    def _request(self, needs, picking=None):
        """Ask suppliers for what is missing: one e-mail for each with all of it.

        :param needs: :class:`~.trade_certificate_requirement.Need` that are not met
        :param picking: the receipt that waits for them
        :return: the certificates asked for
        :raise UserError: all are here, and wait for us
        """
        papers, new = self.browse(), []
        needs = [need for need in needs if not need.certificate._is_to_verify()]
        if not needs:
            raise UserError(
                self.env._("All of them are here already. Look at them and verify them, then validate again.")
            )
        for need in needs:
            if need.certificate.state == "requested":
                papers |= need.certificate.with_env(self.env)
                continue
            new.append(
                {
                    "company_id": need.requirement.company_id.id,
                    "type_id": need.requirement.type_id.id,
                    "partner_id": need.vendor.id,
                    "product_id": need.product.id,
                    "lot_name": need.lot or False,
                    "picking_id": picking.id if picking else False,
                }
            )
        papers |= self.create(new)
        papers._send_request()
        return papers

    def action_request(self):
        """Ask again for what has not come, or anew for what has ended or was refused."""
        self.check_access("write")
        again = self.filtered(lambda one: one.state == "requested")
        copies = (self - again).mapped(lambda one: one.copy({"picking_id": one.picking_id.id}))
        papers = again | self.browse(copy.id for copy in copies)
        papers._send_request()
        return papers._get_records_action()

    def _send_request(self):
        template = self.env.ref("trade_purchase_stock.mail_template_certificate_request")
        self.sudo().write(
            {"requested_by_id": self.env.uid, "requested_at": fields.Datetime.now(), "is_reminded": False}
        )
        for vendor, papers in self.grouped("partner_id").items():
            if vendor.email:
                template.sudo().with_context(trade_certificate_ids=papers.ids).send_mail(papers[0].id)
                note = self.env._("Requested from %s.", vendor.email)
            else:
                note = self.env._("%s has no e-mail address: ask them another way.", vendor.name)
                papers[0].activity_schedule(
                    "mail.mail_activity_data_todo", summary=note, user_id=self.env.uid
                )
            for paper in papers:
                paper.message_post(body=note)

    def _asked_together(self):
        """All certificates of the e-mail that is written for this one."""
        return self.browse(self.env.context.get("trade_certificate_ids") or self.ids)

    # -- coming with a document --------------------------------------------------------------------

    @api.model
    def _came_with(self, works):
        """Keep the certificates that came as files within documents; others of their files are left alone.

        :param works: applied works of documents with ``additional_document_reference``
        """
        works = [work for work in works if work.document.additional_document_reference]
        if not works:
            return
        kinds, message = self.env["trade.certificate.type"]._named(), works[0].message
        found = [
            (work, reference, kind)
            for work in works
            for reference in work.document.additional_document_reference
            for kind in [self._kind_of(reference, kinds)]
            if kind and reference.attachment and reference.attachment.content
        ]
        if not found:
            return
        resolver = self.env["trade.mapping"]._resolver(message.trade_partner_id, message.company_id)
        items = [self._item_of(work.document, reference) for work, reference, _kind in found]
        products = resolver.products(
            [(item.identifiers, item.name) if item else ((), None) for item in items]
        )
        for (work, reference, kind), item, product_id in zip(found, items, products, strict=True):
            lots = [one.lot_number_id for one in item.item_instance if one.lot_number_id] if item else []
            for lot in lots or [False]:
                self._keep(work.message, reference, kind, product_id, lot)

    @staticmethod
    def _kind_of(reference, kinds):
        words = (reference.document_type_code, reference.document_description)
        return next((kinds[word.lower()] for word in words if word and word.lower() in kinds), None)

    @staticmethod
    def _item_of(document, reference):
        """The item of the line a file belongs to; ``None`` when it is about no line."""
        lines = {line.id: line for line in document.lines}
        line = lines.get(reference.line_id)
        return line.item if line else None

    def _keep(self, message, reference, kind, product_id, lot):
        """Put a file to the request it answers, else make a certificate of it; not twice."""
        about = [
            ("company_id", "=", message.company_id.id),
            ("type_id", "=", kind.id),
            ("partner_id", "=", message.trade_partner_id.partner_id.commercial_partner_id.id),
            ("product_id", "in", [product_id, False]) if product_id else ("product_id", "=", False),
            ("lot_name", "=", lot),
        ]
        known = self.search([*about, ("name", "=", reference.id)], limit=1)
        content = reference.attachment.content.encode()
        if known and known.with_context(bin_size=False).document == content:
            return
        paper = known if known.state in ("received", "rejected") else self.browse()
        paper = paper or self.search([*about, ("state", "=", "requested")], order="id", limit=1)
        vals = {
            "name": reference.id,
            "document": content,
            "filename": reference.attachment.filename or reference.id,
            "valid_from": reference.issue_date,
            "message_id": message.id,
        }
        if paper:
            paper.write(vals)
        else:
            values = {name: value for name, operator, value in about if operator == "="}
            paper = self.create({**values, "product_id": product_id, "user_id": False, **vals})
        paper.message_post(body=self.env._("Came with %s.", message.display_name))

    def _is_to_verify(self):
        """Here and not at an end: it waits for us and not for the supplier."""
        return bool(self) and self.state == "received" and self._counts(must_be_verified=False)

    # -- words -------------------------------------------------------------------------------------

    def _words(self):
        """How far it is, for a list of what is missing."""
        if not self:
            return self.env._("Not asked for yet")
        if self.state == "requested":
            day = format_date(self.env, self.requested_at) if self.requested_at else ""
            return self.env._("Requested %s, not there", day)
        if self.state == "rejected":
            return self.env._("Rejected: %s", self.reason or "")
        if self.state == "expired" or (self.valid_to and self.valid_to < fields.Date.context_today(self)):
            return self.env._("Ended on %s", format_date(self.env, self.valid_to))
        if self.valid_from and self.valid_from > fields.Date.context_today(self):
            return self.env._("Begins on %s", format_date(self.env, self.valid_from))
        return self.env._("Received, not verified")
