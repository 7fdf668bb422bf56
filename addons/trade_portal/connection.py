"""How a partner's connection is doing, in words the partner can act on.

Only facts about the calls themselves are told: what stands in connectors, credentials and problems was
written for people here.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from odoo import fields
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_DENIALS_DAYS = 7
_DENIALS_SHOWN = 20
#: why a request was denied → the words for who has sent it, and what to do
_DENIED = {
    "key": _lt("The key is wrong, was revoked or has ended. Use the newest key."),
    "signature": _lt("The signature is missing, too old or wrong. Check the secret and the clock."),
    "no_secret": _lt("We have no signing secret of this system. Ask your contact person for one."),
    "expired": _lt("The access of this system has ended. Ask your contact person to prolong it."),
    "address": _lt("It may not come from this address. Tell your contact person the new one."),
    "token": _lt("The token is not valid. Check who issued it, for whom and until when."),
    "scope": _lt("It may not do this. Ask your contact person if it needs to."),
    "limit": _lt("Too many requests in a short time. Spread them, and wait as long as the answer says."),
}
_DENIED_OTHER = _lt("It did not show who it is in a way we understand.")

_FAILED = ("retry", "refused", "auth", "lost")


class Line(NamedTuple):
    """One connection.

    :ivar title: which one
    :ivar tone: as of a card
    :ivar text: how it is doing, and what to do
    :ivar facts: further sentences
    :ivar down: whether a call now could tell more: their system did not answer
    """

    title: str
    tone: str
    text: str
    facts: tuple = ()
    down: bool = False


def lines(trade_partner):
    """
    :param trade_partner: as superuser, in the reader's language
    :return: a list of :class:`Line`, for each connection over which we call the partner
    """
    connectors = trade_partner.connector_ids.filtered(
        lambda connector: connector.active and connector.base_url
    )
    if not connectors:
        return []
    answered, failed = connectors._last_answers(), _last_failures(connectors)
    return [
        _line(connector, answered.get(connector.id), failed.get(connector.id)) for connector in connectors
    ]


def _line(connector, answered, failed):
    _, now = connector.env._, fields.Datetime.now()
    host = urlsplit(connector.base_url).hostname or _("unknown")
    title = (
        _("Your test system at %s", host) if connector.environment == "test" else _("Your system at %s", host)
    )
    tone, text = _state(connector, answered, failed, now)
    facts = []
    if connector.waiting_count:
        facts.append(_("Documents that wait to be sent to you: %s.", connector.waiting_count))
    if answered:
        facts.append(_("Your system last answered %s ago.", connector._duration(now - answered)))
    down = connector.circuit_state != "closed" and not connector.paused
    return Line(title, tone, text, tuple(facts), down)


def _state(connector, answered, failed, now):
    _ = connector.env._
    if connector.paused:
        return "waiting", _("We paused this connection. Documents for you wait until we go on.")
    if connector.circuit_class == "setup":
        return "waiting", _("Something is missing on our side. We are looking after it.")
    if connector.circuit_state != "closed":
        refused = connector.circuit_class == "authentication"
        what = (
            _("Your system refuses our key or password. Send us a new one, or allow ours again.")
            if refused
            else _("%s Please see that it can be reached.", _said(connector, failed))
        )
        return "you", f"{what} {_next_try(connector, now)}"
    if connector.wait_until and connector.wait_until > now:
        wait = connector._duration(connector.wait_until - now)
        return "waiting", _("Your system asked us to wait. We go on in %s.", wait)
    if connector.circuit_failures:
        return "waiting", _("%s We go on trying.", _said(connector, failed))
    if not answered:
        return "plain", _("We have not called it yet.")
    return "done", _("It works.")


def _said(connector, failed):
    status = failed and failed[1]
    if status:
        return connector.env._("Your system answered with an error (HTTP status %s).", status)
    return connector.env._("Your system did not answer.")


def _next_try(connector, now):
    at = connector.circuit_probe_at
    if at and at > now:
        return connector.env._("We try again in %s.", connector._duration(at - now))
    return connector.env._("We try again with the next document.")


def _last_failures(connectors):
    """connector id → when its last failed call was, and the HTTP status of the answer, if there was one."""
    connectors.env["trade.attempt"].flush_model(["connector_id", "started_at", "outcome", "http_status"])
    rows = connectors.env.execute_query(
        SQL(
            "SELECT c.id, last.started_at, last.http_status FROM unnest(%s) c(id) CROSS JOIN LATERAL ("
            " SELECT started_at, http_status FROM trade_attempt"
            " WHERE connector_id = c.id AND outcome = ANY(%s) ORDER BY started_at DESC LIMIT 1) last",
            connectors.ids,
            list(_FAILED),
        )
    )
    return {number: (at, status) for number, at, status in rows}


class Denial(NamedTuple):
    """Requests of one system that were denied for one reason, within the last seven days."""

    client: str
    reason: str
    count: int
    address: str
    last_seen: object


def denials(trade_partner):
    """
    :return: a list of :class:`Denial`, the latest first; nothing about callers nobody knows
    """
    Denied, Link = trade_partner.env["trade.api.denial"], trade_partner.env["trade.portal.link"]
    since = fields.Datetime.subtract(fields.Datetime.now(), days=_DENIALS_DAYS)
    groups = Denied._read_group(
        [("client_id", "in", trade_partner.api_client_ids.ids), ("last_seen", ">=", since)],
        ["client_id", "reason", "address"],
        ["count:sum", "last_seen:max"],
        order="last_seen:max DESC",
        limit=_DENIALS_SHOWN,
    )
    return [
        Denial(client.name, Link._words(_DENIED.get(reason, _DENIED_OTHER)), count, address, last)
        for client, reason, address, count, last in groups
    ]


def try_now(trade_partner):
    """The partner says that its system works again: one document goes now instead of at the next probe.

    No call is made here; it is made where documents are sent.

    :return: how many connections are tried
    """
    connectors = trade_partner.connector_ids.filtered(
        lambda connector: connector.active and not connector.paused and connector.circuit_state != "closed"
    )
    return sum(bool(connector._try_again()) for connector in connectors)
