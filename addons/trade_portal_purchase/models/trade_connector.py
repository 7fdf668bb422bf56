from email.utils import formataddr

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

from odoo.addons.trade_core.connectors import probe
from odoo.addons.trade_kernel.errors import ValidationFailed
from odoo.addons.trade_transport_mail.mail.calls import SendMail
from odoo.addons.trade_transport_mail.mail.senders import address, domain

from ..changes import sentences

PAGES = "portal"
PURPOSE = "order.answer"


class TradeConnector(models.Model):
    """Transport "portal": an order leaves as an e-mail with the link of its page, for partners without
    systems. See ``docs/portal-orders.md``."""

    _inherit = "trade.connector"

    transport = fields.Selection(
        selection_add=[(PAGES, "Pages for partners")], ondelete={PAGES: "set default"}
    )

    def _health(self, answered):
        health, reason = super()._health(answered)
        if self.transport == PAGES and health == "ok":
            reason = self.env._("E-mails with a page to answer on")
        return health, reason

    def _check_ready(self):
        if self.transport != PAGES:
            return super()._check_ready()
        self._mail_sender()
        return None

    def _trade_test(self):
        if self.transport != PAGES:
            return super()._trade_test()
        words = self.env._("Nothing to connect to: e-mails leave by Odoo's outgoing mail server.")
        return lambda: [probe.Step("connect", probe.SKIPPED, words)]

    def _trade_send(self, message):
        if self.transport != PAGES:
            return super()._trade_send(message)
        order = message._record_to_send()
        order = order.sudo().with_company(order.company_id)
        recipients = self._pages_recipients(message, order)
        lang = order.partner_id.lang or self.env.lang
        url = self.env["trade.portal.link"]._issue(
            PURPOSE, order, message.trade_partner_id, email=recipients[0], lang=lang
        )
        link = self.env["trade.portal.link"]._prove(url.rpartition("/")[2])
        message.portal_link_id = link
        subject, body = self._pages_words(message, order.with_context(lang=lang), url)
        sender = self._mail_sender()
        mail = self.env["ir.mail_server"]._build_email__(
            email_from=sender,
            email_to=recipients,
            subject=subject,
            body=body,
            subtype="html",
            reply_to=order.user_id.email_formatted or order.company_id.email_formatted or False,
            attachments=self._pages_pdf(message, order.with_context(lang=lang)),
            message_id=self._pages_message_id(message, sender),
            headers={"Auto-Submitted": "auto-generated", "X-Trade-Mode": message.mode},
        )
        return SendMail(self.env.cr.dbname, mail, self.sudo().mail_server_id.id or None)

    def _pages_recipients(self, message, order):
        """
        :raise ValidationFailed: ``portal.no_recipient``
        """
        route = message.route_id
        vendor = order.partner_id
        said = (route.mail_to or vendor.email or vendor.commercial_partner_id.email or "").replace(";", ",")
        found = email_normalize_all(said)
        if not found:
            raise ValidationFailed(
                "portal.no_recipient",
                order=order.name,
                vendor=vendor.display_name,
                route=route.display_name,
                subject=f"partner:{vendor.commercial_partner_id.id}",
            )
        return found if route.mail_to else [formataddr((vendor.name or "", found[0]))]

    @staticmethod
    def _pages_message_id(message, sender):
        """The same for every try; another one when a person sends it once more: else it would be hidden."""
        again = f".{int(message.sent_at.timestamp())}" if message.sent_at else ""
        return f"<trade.{message.idempotency_key}{again}@{domain(address(sender)) or 'localhost'}>"

    def _pages_words(self, message, order, url):
        """:return: subject and body of the e-mail, from its template, in the partner's language"""
        template = self.env.ref("trade_portal_purchase.mail_template_order").sudo()
        said = message.canonical or {}
        words = {
            "url": url,
            "kind": message.document_type,
            "revision": message.revision,
            "changes": sentences(message, order),
            "notes": said.get("note") if (message.trade_said or {}).get("notes") else [],
            "until": order._portal_answer_due(message),
            "test": message.mode == "test",
        }
        template = template.with_context(lang=order.env.lang, trade_order=words)
        langs = {order.id: order.env.lang}
        subject = template._render_field("subject", order.ids, res_ids_lang=langs)[order.id]
        body = template._render_field("body_html", order.ids, res_ids_lang=langs)[order.id]
        return subject, str(body)

    def _pages_pdf(self, message, order):
        """The order as a PDF, where this server can make one; the page says the same."""
        if message.document_type == "order_cancellation":
            return []
        try:
            raw, kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "purchase.action_report_purchase_order", order.ids
            )
        except UserError as error:
            message._log("prepared", "failed", note=self.env._("Without PDF: %s", error))
            return []
        if kind != "pdf":
            return []
        return [(f"{order.name.replace('/', '-')}.pdf", raw, "application/pdf")]
