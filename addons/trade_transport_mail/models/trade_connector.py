from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.trade_core.connectors import probe
from odoo.addons.trade_kernel.errors import ValidationFailed

from ..mail.calls import SendMail
from ..mail.senders import address, domain

MAIL = "mail"


class TradeConnector(models.Model):
    """Transport "mail": documents come as attachments to an address of ours, and leave as attachments. See
    ``docs/connectors/mail.md``."""

    _name = "trade.connector"
    _inherit = ["trade.connector", "mail.alias.mixin.optional"]

    transport = fields.Selection(selection_add=[(MAIL, "Mail")], ondelete={MAIL: "set default"})
    mail_authserv = fields.Char(
        "Our mail server verifies senders as",
        help="The name with which our mail server begins the header Authentication-Results, such as"
        " mx.example.com."
        " With it, a mail counts only when that server could verify its sender (DKIM, SPF, DMARC). Empty:"
        " what a"
        " mail says of its sender is believed, and anybody can write that.",
    )
    mail_server_id = fields.Many2one(
        "ir.mail_server",
        "Outgoing mail server",
        groups="trade_core.group_trade_admin",
        help="Empty: the usual one.",
    )
    mail_from = fields.Char(
        "From", help="The sender of our mails. Empty: the address above, or the company's."
    )
    mail_count = fields.Integer("Mails", compute="_compute_mail_count")

    def _compute_mail_count(self):
        counts = dict(
            self.env["trade.mail"]._read_group(
                [("connector_id", "in", self.ids)], ["connector_id"], ["__count"]
            )
        )
        for connector in self:
            connector.mail_count = counts.get(connector, 0)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("trade.mail")
        values["alias_contact"] = "everyone"  # who may send is said on the routes
        if self.id:
            values["alias_defaults"] = {"connector_id": self.id}
        return values

    def action_open_mails(self):
        return self._open_list("trade.mail", self.env._("Mails"))

    def _mail_routes(self):
        """The routes documents come in by, those for files of any kind last."""
        routes = (
            self.env["trade.route"].sudo().search([("connector_id", "=", self.id), ("direction", "=", "in")])
        )
        return routes.sorted(lambda route: (route.document_type == "interchange", route.sequence, route.id))

    # -- transport -----------------------------------------------------------------------------

    def _trade_send(self, message):
        if self.transport != MAIL:
            return super()._trade_send(message)
        route = message.route_id
        if not route.mail_to:
            raise ValidationFailed("mail.no_recipient", subject=f"route:{route.id}", route=route.display_name)
        servers = self.env["ir.mail_server"]
        sender = self._mail_sender()
        name = route._mail_file_name(message)
        mail = servers._build_email__(
            email_from=sender,
            email_to=[one.strip() for one in route.mail_to.replace(";", ",").split(",") if one.strip()],
            subject=route._mail_subject(message),
            body=route._mail_body(message),
            reply_to=self.alias_email or False,
            attachments=[(name, message._raw(), message.content_type or "application/octet-stream")],
            # The same for every try: many mail systems show a mail that comes twice only once.
            message_id=f"<trade.{message.idempotency_key}@{domain(address(sender)) or 'localhost'}>",
            headers={"Auto-Submitted": "auto-generated", "X-Trade-Mode": message.mode},
        )
        return SendMail(self.env.cr.dbname, mail, self.sudo().mail_server_id.id or None)

    def _mail_sender(self):
        company = self.company_id
        sender = self.mail_from or self.alias_email or company.email_formatted or company.catchall_formatted
        if not sender:
            raise ValidationFailed(
                "connector.address_missing", connector=self.display_name, subject=f"connector:{self.id}"
            )
        return sender

    def _check_ready(self):
        if self.transport != MAIL:
            return super()._check_ready()
        self._mail_sender()
        return None

    def _trade_test(self):
        if self.transport != MAIL:
            return super()._trade_test()
        servers, sender, server_id = (
            self.env["ir.mail_server"],
            self._mail_sender(),
            self.sudo().mail_server_id.id,
        )
        words = (
            self.env._("Mails to %s are taken.", self.alias_email)
            if self.alias_email
            else self.env._("No address of ours: nothing comes in. Enter one to receive mails.")
        )

        def test():
            steps = [probe.Step("address", probe.OK if self.alias_email else probe.WARNING, words)]
            try:
                session = servers.sudo()._connect__(smtp_from=sender, mail_server_id=server_id or None)
                if session:
                    session.quit()
                said = self.env._("The outgoing mail server takes our mails.")
                steps.append(probe.Step("answer", probe.OK, said))
            except Exception as error:  # each mail library has its own; the words are what people need
                steps.append(probe.Step("answer", probe.FAILED, str(error)[:400]))
            return steps

        return test

    @api.constrains("transport", "auth_method")
    def _check_mail_auth(self):
        for connector in self:
            if connector.transport == MAIL and connector.auth_method != "none":
                raise ValidationError(
                    self.env._(
                        "Mail servers are set up in Odoo's own settings; choose no authentication here."
                    )
                )
