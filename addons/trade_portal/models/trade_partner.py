from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import str2bool

from odoo.addons.trade_core import limits

from .. import connection
from ..cards import Card
from .trade_api_client import MOST_CLIENTS, MOST_CLIENTS_DEFAULT, OWN_KEYS

#: what of a partner's documents it does not see: events go to machines, by the thousands
HIDDEN_TYPES = ("event",)
#: problems a partner is told about even when no document waits for them
_TOLD_CLASSES = ("partner_down", "silence")
_THEIR_TURN = ("validation", "duplicate")
_MOST_COUNTED = 1000


class TradePartner(models.Model):
    _inherit = "trade.partner"

    # -- extension -----------------------------------------------------------------------------

    def _trade_portal_cards(self):
        """What this partner is asked to do, on its own page; extension: other addons add theirs.

        Called as superuser, in the partner's company and the reader's language. Whatever stands in a card is
        shown to the partner: nothing of others, and nothing people here wrote for each other.

        :return: a list of :class:`~odoo.addons.trade_portal.cards.Card`
        """
        self.ensure_one()
        return [*self._document_cards(), *self._connection_cards(), *self._key_cards()]

    def _trade_portal_nav(self):
        """The pages of somebody who is logged in; extension: other addons add theirs.

        :return: ``[(name, words, address within /my/trading), …]``
        """
        _ = self.env._
        return [
            ("home", _("To do"), ""),
            ("documents", _("Documents"), "/documents"),
            ("problems", _("Open points"), "/problems"),
            ("connection", _("Connection"), "/connection"),
            ("keys", _("Keys"), "/keys"),
        ]

    def _trade_portal_read_only(self):
        """Whether the partner may only look."""
        return self.state in ("suspended", "closed") or not self.active

    # -- keys ----------------------------------------------------------------------------------

    def _portal_may_manage_keys(self):
        """Whether the partner may make and end keys of its systems by itself."""
        allowed = self.env["ir.config_parameter"].sudo().get_param(OWN_KEYS)
        return str2bool(allowed or "", False) and not self._trade_portal_read_only()

    def _portal_check_keys(self):
        """
        :raise AccessError: it may not
        """
        if not self._portal_may_manage_keys():
            raise AccessError(self.env._("Keys are looked after by us. Ask your contact person."))

    def _portal_most_clients(self):
        return limits.number(self.env, MOST_CLIENTS, MOST_CLIENTS_DEFAULT, 1, 1000)

    def _portal_tell(self, record, body):
        """Note in a record's history what the user did, and tell whoever looks after the partner."""
        record.sudo().message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            partner_ids=self.user_id.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    # -- cards ---------------------------------------------------------------------------------

    def _document_cards(self):
        _, cards = self.env._, []
        for key, domain, title, text, button in (
            (
                "documents.correct",
                self._portal_correct_domain(),
                _("Documents have to be corrected"),
                _("They could not be taken over as they are."),
                _("See what is wrong"),
            ),
            (
                "documents.answer",
                self._portal_overdue_domain(),
                _("We wait for your answer"),
                _("You have these documents, and we have not heard from you in time."),
                _("See which"),
            ),
        ):
            count = self._count_documents(domain)
            if count:
                url = f"/my/trading/documents?show={key.partition('.')[2]}"
                cards.append(
                    Card(key, title, text, tone="you", button=button, url=url, sequence=20, count=count)
                )
        return cards

    def _connection_cards(self):
        _ = self.env._
        broken = [line for line in connection.lines(self) if line.tone == "you"]
        denied = sum(denial.count for denial in connection.denials(self))
        cards = [
            Card(
                "connection.down",
                line.title,
                line.text,
                tone="you",
                button=_("See your connection"),
                url="/my/trading/connection",
                sequence=10,
            )
            for line in broken
        ]
        if denied:
            cards.append(
                Card(
                    "connection.denied",
                    _("Requests of your systems were denied"),
                    _("Within the last seven days."),
                    tone="you",
                    button=_("See why"),
                    url="/my/trading/connection",
                    sequence=15,
                    count=denied,
                )
            )
        return cards

    def _key_cards(self):
        _ = self.env._
        words = {
            "ending": _("Its access ends within two weeks. Ask your contact person to prolong it."),
            "no_proof": _("It has no key yet: nobody can enter with it."),
        }
        return [
            Card(
                f"keys.{client.public_id}",
                client.name,
                words[client.status],
                tone="you",
                button=_("Manage keys"),
                url="/my/trading/keys",
                sequence=30,
            )
            for client in self.api_client_ids
            if client.status in words
        ]

    # -- what belongs to the partner -----------------------------------------------------------

    def _portal_domain(self):
        """Documents the partner may see."""
        return Domain("trade_partner_id", "in", self.ids) & Domain("document_type", "not in", HIDDEN_TYPES)

    def _portal_correct_domain(self):
        return (
            Domain("direction", "=", "in")
            & Domain("state", "=", "held")
            & Domain("exception_id.exception_class", "in", _THEIR_TURN)
        )

    def _portal_overdue_domain(self):
        return (
            Domain("direction", "=", "out")
            & Domain("state", "=", "sent")
            & Domain("ack_deadline", "<", fields.Datetime.now())
        )

    def _portal_shows(self):
        """What the list of documents can show: name → (words, domain)."""
        _ = self.env._
        return {
            "all": (_("All"), Domain.TRUE),
            "correct": (_("To be corrected"), self._portal_correct_domain()),
            "answer": (_("To be answered"), self._portal_overdue_domain()),
            "waiting": (_("Waiting"), Domain("state", "in", ("received", "decoded", "held", "queued"))),
            "yours": (_("Sent by you"), Domain("direction", "=", "in")),
            "ours": (_("Sent by us"), Domain("direction", "=", "out")),
        }

    def _count_documents(self, domain):
        return self.env["trade.message"].search_count(self._portal_domain() & domain, limit=_MOST_COUNTED)

    def _portal_problems_domain(self):
        """Open problems the partner is told about: documents wait for them, or it has to do something."""
        return (
            Domain("trade_partner_id", "in", self.ids)
            & Domain("is_open", "=", True)
            & (
                Domain("waiting_count", ">", 0)
                | Domain("exception_class", "in", _TOLD_CLASSES)
                | Domain("code", "=", "http.denied_often")
            )
        )
