"""What a broker's refusal means, in words and for the pipeline."""

import ssl
from http import HTTPStatus

import amqp
from kombu.exceptions import KombuError

from odoo.addons.trade_core.transport import SendResult
from odoo.addons.trade_kernel.redaction import redact_text

from .wires import Misfit, Unroutable

#: AMQP 0-9-1's own numbers for what has no exception of its own (section 1.2 of its XML definition)
NO_ROUTE = 312


def is_lost_connection(error):
    """Whether the connection had ended, as opposed to: the broker answered, or did not answer in time."""
    return (
        isinstance(error, (ConnectionError, amqp.RecoverableConnectionError, amqp.ConnectionForced))
        or (type(error).__module__.startswith("redis.") and type(error).__name__ == "ConnectionError")
        or (type(error) is OSError)
    )


def judge(error, line, *, target=None, letter=None, queue=None, ms=0.0):
    """What came of a call that failed.

    :param error: what kombu, or the library below it, raised
    :return: :class:`SendResult`; the text holds no secret
    """

    def result(outcome, words, status=None):
        return SendResult(
            outcome, status and int(status), detail=line.conceal(redact_text(words))[:600], duration_ms=ms
        )

    said = _said(error)
    where = f"{line.host}:{line.port}" if line.port else line.host
    match error:
        case Unroutable():
            return result(
                "refused",
                f"No queue takes “{letter.routing_key}” from the exchange {target.exchange}, so nobody would"
                " read it. Bind a queue to the exchange, or name one under “Keep in queue”, then send again.",
                NO_ROUTE,
            )
        case Misfit():
            return result(
                "refused",
                f"{said} Something of this name is there, but of another kind: choose that kind or another"
                " name on the connector, or switch off “Create what is missing”.",
                HTTPStatus.PRECONDITION_FAILED,
            )
        case amqp.NotFound():
            return result(
                "refused",
                f"{said} Create it on the broker, correct its name, or switch on “Create what is missing”.",
                HTTPStatus.NOT_FOUND,
            )
        case amqp.AccessRefused() | amqp.NotAllowed():
            return result("auth", said, HTTPStatus.FORBIDDEN)
        case amqp.PreconditionFailed():  # such as a message larger than the broker allows
            return result("refused", said, HTTPStatus.NOT_ACCEPTABLE)
        case amqp.exceptions.MessageNacked():
            return result("retry", "The broker did not confirm the message: it could not keep it.")
        case ssl.SSLCertVerificationError():
            return result("retry", f"The certificate of {line.host} is not trusted: {error.verify_message}.")
        case ImportError():
            return result("retry", f"A Python package for {line.scheme} is missing on this server: {said}")
        case TimeoutError():
            return result("retry", f"{where} did not answer in time.")
        case ConnectionRefusedError():
            return result("retry", f"Nobody listens at {where}.")
    return _of_redis(error, result, where) or result("retry", f"{where}: {said}")


def _of_redis(error, result, where):
    names = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("redis.")}
    said = _said(error)
    if not names:
        return None
    if names & {"AuthenticationError", "AuthorizationError", "NoPermissionError"} or said.startswith(
        ("NOAUTH", "WRONGPASS", "NOPERM")
    ):
        return result("auth", said, HTTPStatus.FORBIDDEN)
    if "TimeoutError" in names:
        return result("retry", f"{where} did not answer in time.")
    return result("retry", f"{where}: {said}")


def _said(error):
    """The library's words, in one sentence; an AMQP error's own ones begin with where it was raised."""
    text = getattr(error, "reply_text", None) or str(error) or type(error).__name__
    if isinstance(error, KombuError) and error.__cause__:
        text = str(error.__cause__) or text
    return " ".join(text.split()).rstrip(".") + "."
