import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.trade_core.tools import is_picture
from odoo.addons.trade_kernel.errors import AuthenticationFailed, BusinessRefused

from ..mail import senders
from ..mail.files import beside, wanted


class TradeMail(models.Model):
    """A mail that came to an address for documents: what it brought, or why it was not taken."""

    _name = "trade.mail"
    _description = "Mail with Documents"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char("Subject", readonly=True)
    email_from = fields.Char("From", readonly=True, required=True)
    sender = fields.Char(readonly=True, required=True, index=True, help="The address in it.")
    mail_key = fields.Char(readonly=True, required=True, help="The mail's Message-Id.")
    connector_id = fields.Many2one(
        "trade.connector", readonly=True, required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="connector_id.company_id", store=True, index=True)
    trade_partner_id = fields.Many2one(
        related="route_id.trade_partner_id", store=True, index="btree_not_null"
    )
    route_id = fields.Many2one("trade.route", "Taken over", readonly=True, ondelete="restrict")
    state = fields.Selection(
        [
            ("held", "A person is asked"),
            ("taken", "Taken"),
            ("refused", "Refused"),
            ("done", "Nothing to do"),
        ],
        required=True,
        readonly=True,
        default="held",
    )
    reason = fields.Char(readonly=True)
    verified = fields.Boolean("Sender verified", readonly=True, help="By our own mail server.")
    document_ids = fields.One2many("trade.message", "mail_id", "Documents", readonly=True)
    document_count = fields.Integer("Document count", compute="_compute_document_count")
    file_names = fields.Char("Attachments", readonly=True)

    _unique_mail = models.UniqueIndex("(connector_id, mail_key)")

    @api.depends("document_ids")
    def _compute_document_count(self):
        for mail in self:
            mail.document_count = len(mail.document_ids)

    # -- arriving ------------------------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail has come; what is in it is stored with it, in one transaction."""
        came = msg_dict.pop("trade_mail", {"files": [], "verified": lambda _server: False})
        connector = self.env["trade.connector"].browse((custom_values or {}).get("connector_id")).exists()
        if not connector:
            raise UserError(self.env._("The address belongs to no connector any more."))
        sender = senders.address(msg_dict.get("email_from"))
        key = msg_dict.get("message_id") or hashlib.sha256(repr(msg_dict).encode()).hexdigest()
        mail = self.search([("connector_id", "=", connector.id), ("mail_key", "=", key)], limit=1)
        if mail:
            return mail  # a mail server that got no answer sends it again
        mail = self.create(
            {
                "name": msg_dict.get("subject") or self.env._("(no subject)"),
                "email_from": msg_dict.get("email_from") or sender or "?",
                "sender": sender or "?",
                "mail_key": key,
                "connector_id": connector.id,
                "verified": came["verified"](connector.mail_authserv or ""),
                "file_names": ", ".join(file.name for file in came["files"])[:1000],
            }
        )
        mail._keep(came["files"])
        mail._judge()
        return mail

    def _keep(self, files):
        """The attachments stay with the mail, so that nothing is lost whatever is decided about it."""
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": file.name,
                    "raw": file.raw,
                    "mimetype": file.content_type,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for file in files
            ]
        )

    def _judge(self):
        """Take the documents, or ask somebody."""
        routes = self.connector_id._mail_routes()
        route = next(
            (
                one
                for one in routes
                if senders.is_accepted(self.sender, (one.mail_senders or "").splitlines())
            ),
            None,
        )
        if not route:
            address = self.connector_id.alias_email or self.connector_id.display_name
            self._ask(AuthenticationFailed("mail.sender_unknown", sender=self.sender, address=address))
        elif self.connector_id.mail_authserv and not self.verified:
            self._ask(AuthenticationFailed("mail.sender_unproven", sender=self.sender), route)
        elif not self._take(route):
            self._ask(BusinessRefused("mail.no_document", sender=self.sender), route)

    def _take(self, route):
        """Hand attachments that can be documents on to a route; each is known by its mail and content.

        :return: how many there were
        """
        came = self._attachments()
        attachments = came.filtered(lambda one: wanted(one.name, route.mail_files or "*"))
        pictures = self._pictures(came, attachments)
        attachments -= attachments.browse().union(*pictures.values())
        most = route._max_file_bytes()
        for attachment in attachments:
            raw = attachment.raw or b""
            if len(raw) > most:
                self._message_log(
                    body=self.env._(
                        "%(name)s has more than %(limit)s bytes and was not taken.",
                        name=attachment.name,
                        limit=f"{most:,}",
                    )
                )
                continue
            receipt = (
                self.env["trade.message"]
                .sudo()
                ._receive(
                    raw,
                    route=route,
                    scope=f"connector:{self.connector_id.id}",
                    key=f"{hashlib.sha256(self.mail_key.encode()).hexdigest()}:{hashlib.sha256(raw).hexdigest()}",
                    content_type=attachment.mimetype,
                    filename=attachment.name,
                    more={"mail_id": self.id},
                )
            )
            message = self.env["trade.message"].sudo().browse(receipt.message_id)
            message.invalidate_recordset(["mail_id"])
            if picture := pictures.get(attachment):
                message._keep_beside(picture)
        if attachments:
            self.write({"state": "taken", "route_id": route.id, "reason": False})
        return len(attachments)

    def _pictures(self, came, attachments):
        """PDFs that came beside documents of this mail; one that came alone is a document like others.

        :return: ``{attachment: its picture}``
        """
        pictures = came.filtered(lambda one: is_picture(one.raw or b""))
        documents = attachments - pictures
        pairs = beside(documents.mapped("name"), pictures.mapped("name"))
        return {documents[first]: pictures[second] for first, second in pairs.items()}

    def _attachments(self):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "=", self.id), ("res_field", "=", False)],
                order="id",
            )
        )

    def _ask(self, error, route=None):
        error.subject = f"mail:{self.connector_id.id}:{self.sender}"
        self.write({"state": "held", "reason": error.message, "route_id": route.id if route else False})
        self.env["trade.exception"].sudo()._open(
            error,
            company=self.company_id,
            trade_partner=route.trade_partner_id if route else self.connector_id.trade_partner_id,
            route=route,
            connector=self.connector_id,
        )

    # -- what people press -----------------------------------------------------------------------

    def _check_may(self):
        if not self.env.user.has_group("trade_core.group_trade_manager"):
            raise AccessError(
                self.env._("Trading managers decide about mails. Ask one, or assign it to one.")
            )
        self.check_access("read")

    def action_accept_sender(self):
        """Accept this sender from now on, and take the documents of all its mails that wait."""
        self.ensure_one()
        self._check_may()
        route = self.route_id or self.connector_id._mail_routes()[:1]
        if not route:
            raise UserError(
                self.env._("Set up a route for documents from the partner over this connector first.")
            )
        accepted = (route.mail_senders or "").splitlines()
        if not senders.is_accepted(self.sender, accepted):
            route.sudo().mail_senders = "\n".join([*accepted, self.sender]).strip()
            route.message_post(body=self.env._("%s is accepted as a sender.", self.sender))
        self._waiting().sudo()._take_by_hand(route)

    def action_take(self):
        """Take the documents of this mail, this once."""
        self._check_may()
        for mail in self:
            route = mail.route_id or mail.connector_id._mail_routes()[:1]
            mail.sudo()._take_by_hand(route)

    def action_refuse(self):
        """Nothing of these mails is taken; they are kept."""
        self._check_may()
        self.sudo()._settle("refused")

    def action_done(self):
        """They hold no document, and that is right."""
        self._check_may()
        self.sudo()._settle("done")

    def action_open_documents(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents"),
            "res_model": "trade.message",
            "view_mode": "list,form",
            "domain": [("mail_id", "=", self.id)],
        }

    def _waiting(self):
        """The mails of this sender that wait."""
        return self.search(
            [
                ("connector_id", "=", self.connector_id.id),
                ("sender", "=", self.sender),
                ("state", "=", "held"),
            ]
        )

    def _take_by_hand(self, route):
        for mail in self.filtered(lambda one: one.state == "held"):
            mail._message_log(body=self.env._("Taken by %s.", self.env.user.name))
            if not mail._take(route):
                mail._ask(BusinessRefused("mail.no_document", sender=mail.sender), route)
        self._close_problems()

    def _settle(self, state):
        for mail in self.filtered(lambda one: one.state == "held"):
            mail.state = state
            mail._message_log(body=self.env._("Decided by %s.", self.env.user.name))
        self._close_problems()

    def _close_problems(self):
        """A problem ends when no mail of its sender waits any more."""
        for mail in self:
            if mail._waiting():
                continue
            problems = (
                self.env["trade.exception"]
                .sudo()
                .search(
                    [("subject", "=", f"mail:{mail.connector_id.id}:{mail.sender}"), ("is_open", "=", True)]
                )
            )
            problems._auto_resolve(self.env._("Every mail of this sender is decided."))
