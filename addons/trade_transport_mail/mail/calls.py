"""The call that sends one mail."""

import contextlib
import logging
import smtplib
import time
from email.message import EmailMessage
from typing import NamedTuple

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.trade_core.transport import SendResult

_logger = logging.getLogger(__name__)


class SendMail(NamedTuple):
    """Hand a mail to the mail server.

    Odoo looks up its mail server and logs in to it by itself; the transaction in which it reads that is over
    before the mail is handed on.

    :ivar message: complete, with its Message-Id: the same for every try
    :ivar server_id: of ``ir.mail_server``; ``None``: the usual one
    """

    dbname: str
    message: EmailMessage
    server_id: int | None

    def __call__(self) -> SendResult:
        started = time.perf_counter()
        try:
            session, sender, recipients, message = self._prepare()
            try:
                session.send_message(message, sender, recipients)
            finally:
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    session.quit()
        except Exception as error:  # smtplib, ssl, socket and Odoo each have their own; judged below
            return _judge(error, _ms(started))
        return SendResult(
            "ok", detail=f"handed to the mail server for {', '.join(recipients)}", duration_ms=_ms(started)
        )

    def _prepare(self):
        with Registry(self.dbname).cursor() as cr:
            servers = api.Environment(cr, SUPERUSER_ID, {})["ir.mail_server"]
            session = servers._connect__(smtp_from=self.message["From"], mail_server_id=self.server_id)
            if session is None:
                raise UserError(servers.env._("This database does not send mails (it is a test or a copy)."))
            return session, *servers._prepare_email_message__(self.message, session)


def _judge(error, ms):
    """What a failure means; 4xx answers of SMTP pass by themselves, 5xx do not (RFC 5321, section 4.2.1)."""
    said = str(error)
    match error:
        case smtplib.SMTPAuthenticationError():
            return SendResult(
                "auth",
                error.smtp_code,
                detail=f"The mail server refused our login: {said}"[:400],
                duration_ms=ms,
            )
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()))
            words = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
            outcome = "refused" if code >= 500 else "retry"
            return SendResult(
                outcome, code, detail=f"The mail server refuses the recipient: {words}"[:400], duration_ms=ms
            )
        case smtplib.SMTPResponseException():
            outcome = "refused" if error.smtp_code >= 500 else "retry"
            return SendResult(
                outcome, error.smtp_code, detail=f"The mail server says: {said}"[:400], duration_ms=ms
            )
        case AssertionError():  # Odoo's own: no sender, no valid recipient
            return SendResult("refused", detail=said[:400], duration_ms=ms)
        case UserError() | MailDeliveryException() | OSError() | smtplib.SMTPException():
            return SendResult(
                "retry",
                detail=f"The mail could not be handed to the mail server: {said}"[:400],
                duration_ms=ms,
            )
    _logger.error("a mail could not be sent", exc_info=error)
    return SendResult("retry", detail=repr(error)[:400], duration_ms=ms)


def _ms(started):
    return round((time.perf_counter() - started) * 1000, 1)
