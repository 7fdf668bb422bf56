from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import SQL, consteq, email_normalize

from odoo.addons.trade_core.tools import take_turns

from .. import purposes, tokens
from ..tokens import LinkRefused

#: new links one address may ask for, and within which time
RENEWALS, RENEWALS_WITHIN = 3, timedelta(hours=1)
#: how long links that have ended are kept as a record of who did what with them
KEEP_DAYS = 365
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class TradePortalLink(models.Model):
    """A link that works before any login: signed, for one purpose, about one record, until it expires.

    How another addon uses it::

        url = env["trade.portal.link"]._issue("order.answer", order, trade_partner, email=address)

    and in its controller :func:`~odoo.addons.trade_portal.pages.link_route`, whose method gets the link.
    Looking at a page never uses up a link, because mail scanners look too; what changes something calls
    :meth:`_use` first.
    """

    _name = "trade.portal.link"
    _description = "Portal Link"
    _order = "id desc"
    _rec_name = "ref"

    ref = fields.Char("Name", required=True, readonly=True, copy=False, help="Opens nothing by itself.")
    digest = fields.Char(required=True, readonly=True, copy=False, groups=fields.NO_ACCESS)
    purpose = fields.Selection("_selection_purpose", "For", required=True, readonly=True)
    trade_partner_id = fields.Many2one(
        "trade.partner",
        "Partner",
        readonly=True,
        ondelete="cascade",
        index=True,
        help="Empty: the link was sent before there was a trading profile.",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, required=True, index=True, precompute=True
    )
    res_model = fields.Char("Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
    record_name = fields.Char("About", readonly=True)
    email = fields.Char("Sent to", readonly=True, help="New links go to this address and to no other.")
    lang = fields.Char("Language", readonly=True)
    expires_at = fields.Datetime("Expires", required=True, readonly=True, index=True)
    days = fields.Integer("Works for (days)", required=True, readonly=True, aggregator=None)
    max_uses = fields.Integer(
        "May be used",
        required=True,
        readonly=True,
        aggregator=None,
        help="0: until it expires.",
    )
    use_count = fields.Integer("Used", required=True, default=0, readonly=True)
    first_used_at = fields.Datetime("First used", readonly=True)
    last_used_at = fields.Datetime("Last used", readonly=True)
    last_ip = fields.Char("Used from", readonly=True)
    revoked_at = fields.Datetime("Revoked", readonly=True)
    renewed_from_id = fields.Many2one(
        "trade.portal.link",
        "Replaces",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Its reader asked for a new link.",
    )
    state = fields.Selection(
        [("valid", "Valid"), ("used_up", "Used"), ("expired", "Expired"), ("revoked", "Revoked")],
        "Status",
        compute="_compute_state",
        search="_search_state",
    )

    _unique_ref = models.UniqueIndex("(ref)")
    _record_idx = models.Index("(res_model, res_id)")
    _renewed_idx = models.Index("(email, create_date) WHERE renewed_from_id IS NOT NULL")

    @api.model
    def _selection_purpose(self):
        return [(purpose.code, self._words(purpose.title)) for purpose in purposes.PURPOSES.values()]

    @api.model
    def _words(self, text):
        """A lazily translated text in the language of this environment."""
        return text if isinstance(text, str) else text._translate(self.env.lang or "en_US")

    @api.depends("trade_partner_id.company_id", "res_model", "res_id")
    def _compute_company_id(self):
        for model, links in self.grouped("res_model").items():
            there = self.env[model].sudo().browse(links.mapped("res_id")).exists()
            companies = {record.id: record.company_id for record in there}
            for link in links:
                link.company_id = link.trade_partner_id.company_id or companies.get(link.res_id)

    @api.depends("expires_at", "revoked_at", "use_count", "max_uses")
    def _compute_state(self):
        now = fields.Datetime.now()
        for link in self:
            if link.revoked_at:
                link.state = "revoked"
            elif link.max_uses and link.use_count >= link.max_uses:
                link.state = "used_up"
            else:
                link.state = "expired" if link.expires_at <= now else "valid"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        revoked = fields.Domain("revoked_at", "!=", False)
        used_up = ~revoked & fields.Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%s > 0 AND %s >= %s)",
                *(SQL.identifier(alias, name) for name in ("max_uses", "use_count", "max_uses")),
            )
        )
        expired = ~revoked & ~used_up & fields.Domain("expires_at", "<=", fields.Datetime.now())
        known = {"revoked": revoked, "used_up": used_up, "expired": expired}
        known["valid"] = ~revoked & ~used_up & ~expired
        return fields.Domain.OR(known[state] for state in value if state in known)

    # -- issuing -------------------------------------------------------------------------------

    @api.model
    def _issue(self, purpose, record, trade_partner, *, email=None, days=None, uses=None, lang=None):
        """Make a link. The address is nowhere else: mail it or show it, it cannot be shown again.

        :param str purpose: a code of ``purposes.py``
        :param record: what it is about, one record of a model the purpose allows
        :param trade_partner: empty where the purpose's records may stand ``alone``
        :param str email: where it is sent to; without one its reader cannot ask for a new link
        :param int days: until it expires; default: the purpose's
        :param int uses: how often it may be used, 0 without a limit; default: the purpose's
        :param str lang: of the reader; default: the partner's
        :return: the address, a ``str``
        :raise ValueError: the purpose is unknown, or is not for such a record, or needs a trading partner
        """
        record.ensure_one()
        values = self._prepare_link(purpose, record, trade_partner, email, days, uses, lang)
        [(_link, url)] = self._create_links([values])
        return url

    @api.model
    def _prepare_link(self, purpose, record, trade_partner, email=None, days=None, uses=None, lang=None):
        """What :meth:`_issue` says, as :meth:`_create_links` wants it."""
        known = purposes.get(purpose)
        if record._name not in known.models:
            raise ValueError(f"Links for {purpose} are about {', '.join(known.models)}, not {record._name}.")
        if not trade_partner and not known.alone:
            raise ValueError(f"Links for {purpose} are for a trading partner.")
        trade_partner = trade_partner.sudo()
        return {
            "purpose": purpose,
            "trade_partner_id": trade_partner.id,
            "res_model": record._name,
            "res_id": record.id,
            "record_name": record.sudo().display_name,
            "email": email_normalize(email) or False,
            "lang": lang or trade_partner.partner_id.lang or self.env.lang,
            "days": known.days if days is None else days,
            "max_uses": known.uses if uses is None else uses,
        }

    @api.model
    def _send(self, purpose, record, trade_partner, *, email, subject=None, text=None, **options):
        """Make a link and mail it; see :meth:`_issue` and :meth:`_mail`.

        :return: the link
        """
        url = self._issue(purpose, record, trade_partner, email=email, **options)
        link = self._prove(url.rpartition("/")[2])
        link._mail(url, subject=subject, text=text)
        return link

    @api.model
    def _create_links(self, vals_list):
        """:return: ``[(link, its address)]``"""
        made, now, base = [], fields.Datetime.now(), self.get_base_url()
        for values in vals_list:
            token = tokens.new()
            values = {**values, "ref": token.ref, "expires_at": now + timedelta(days=values["days"])}
            facts = self.sudo().new(values)._facts(token.ref)
            made.append((token, {**values, "digest": tokens.bind(self.env, token.secret, facts)}))
        links = self.sudo().create([values for _token, values in made])
        return [
            (link, f"{base}/trade/link/{tokens.write(self.env, token)}")
            for link, (token, _values) in zip(links, made, strict=True)
        ]

    def _facts(self, ref):
        """What the secret is bound to."""
        return (
            ref,
            self.purpose,
            self.trade_partner_id._origin.id,
            self.res_model,
            int(self.res_id),
            self.email or "",
        )

    # -- opening and using ---------------------------------------------------------------------

    @api.model
    def _prove(self, token):
        """The link a token belongs to, whatever its state.

        :return: the link as superuser
        :raise LinkRefused: ``forged``, or ``gone``: it was ours, but so long ago that nothing is known of it
        """
        token = tokens.read(self.env, token)
        link = self.sudo().search([("ref", "=", token.ref)])
        if not link:
            raise LinkRefused("gone")
        if not consteq(link.digest, tokens.bind(self.env, token.secret, link._facts(link.ref))):
            raise LinkRefused("forged")
        return link

    @api.model
    def _open(self, token, purpose=None):
        """Open a link; changes nothing.

        :param str token: the last part of the address
        :param str purpose: what it must be for; None: whatever it is for
        :return: the link as superuser
        :raise LinkRefused: with the reason
        """
        link = self._prove(token)
        link._check(purpose)
        return link

    def _check(self, purpose=None):
        """
        :raise LinkRefused: the link is not, or no longer, good for this
        """
        self.ensure_one()
        if purpose and self.purpose != purpose:
            raise LinkRefused("wrong_purpose", self)
        if self.purpose not in purposes.PURPOSES:  # its addon is gone
            raise LinkRefused("no_record", self)
        if self.state != "valid":
            raise LinkRefused(self.state, self)
        if not self._record():
            raise LinkRefused("no_record", self)
        if not self._partner_trades():
            raise LinkRefused("closed", self)

    def _partner(self):
        """The trading partner it belongs to: its own, or the one its record has got meanwhile."""
        record = self._record() if self._may_be_alone() and not self.trade_partner_id else None
        return record._trade_portal_partner() if record else self.trade_partner_id

    def _may_be_alone(self):
        known = purposes.PURPOSES.get(self.purpose)
        return bool(known and known.alone)

    def _contact(self):
        """Who of us looks after its reader; maybe nobody."""
        if partner := self._partner():
            return partner.user_id
        record = self._record() if self._may_be_alone() else None
        return record._trade_portal_contact() if record else self.env["res.users"]

    def _about(self):
        """The bare record it is about, as superuser; empty when it is gone."""
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _record(self):
        """The record it is about, in its company and as superuser; empty when it is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        company = self.company_id
        return self._about().with_context(allowed_company_ids=company.ids).with_company(company)

    def _use(self, ip=None):
        """Use the link once, in the transaction of what is done with it: undone together or kept together.

        Of two clicks at the same instant on a link that may be used once, one is refused.

        :param str ip: where the user is; default: of the present request
        :raise LinkRefused: it was used up, has expired or was revoked meanwhile, or the partner is suspended
        :raise ValueError: the present request only looks
        """
        self.ensure_one()
        if request and request.httprequest.method in _SAFE_METHODS:
            raise ValueError("A link is used by what changes something, never by looking at its page.")
        self._check()
        if self._partner().state == "suspended":
            raise LinkRefused("suspended", self)
        ip = ip or (request and request.httprequest.remote_addr) or None
        self.flush_recordset()
        # The row's lock lets two transactions go one after the other; the second is refused.
        used = self.env.execute_query(
            SQL(
                """
            UPDATE trade_portal_link
               SET use_count = use_count + 1, last_ip = %(ip)s, last_used_at = %(now)s,
                   first_used_at = COALESCE(first_used_at, %(now)s)
             WHERE id = %(id)s AND revoked_at IS NULL AND expires_at > %(now)s
               AND (max_uses = 0 OR use_count < max_uses)
            RETURNING id""",
                ip=ip,
                now=fields.Datetime.now(),
                id=self.id,
            )
        )
        self.invalidate_recordset()
        if not used:
            self._check()
            raise LinkRefused("used_up", self)

    # -- ending and renewing -------------------------------------------------------------------

    def action_revoke(self):
        """End these links now."""
        self.check_access("write")
        self.sudo().filtered(lambda link: not link.revoked_at).write({"revoked_at": fields.Datetime.now()})

    @api.model
    def _revoke_for(self, record, purpose=None):
        """End the links about a record, for example because it was cancelled.

        :return: the links that worked until now
        """
        domain = [("res_model", "=", record._name), ("res_id", "in", record.ids), ("revoked_at", "=", False)]
        links = self.sudo().search(domain + ([("purpose", "=", purpose)] if purpose else []))
        links.write({"revoked_at": fields.Datetime.now()})
        return links

    def _may_renew(self):
        """Whether its reader may have a new one sent to the same address."""
        self.ensure_one()
        known = purposes.PURPOSES.get(self.purpose)
        return bool(
            known
            and known.renewable
            and self.email
            and not self.revoked_at
            and self._record()
            and self._partner_trades()
        )

    def _partner_trades(self):
        partner = self._partner()
        return partner.active and partner.state != "closed" if partner else self._may_be_alone()

    def _renew(self):
        """Mail a new link for the same thing to the same address.

        :return: whether it was sent; False when this address had several within the last hour
        :raise LinkRefused: there may be no new one, for example because people ended it on purpose
        """
        self.ensure_one()
        if not self._may_renew():
            raise LinkRefused("revoked", self)
        since = fields.Datetime.now() - RENEWALS_WITHIN
        lately = [("email", "=", self.email), ("renewed_from_id", "!=", False), ("create_date", ">=", since)]
        take_turns(self)
        if self.search_count(lately, limit=RENEWALS) >= RENEWALS:
            return False
        kept = ("purpose", "trade_partner_id", "res_model", "res_id", "email", "lang", "days", "max_uses")
        values = {name: self[name].id if name == "trade_partner_id" else self[name] for name in kept}
        values |= {"record_name": self._record().display_name, "renewed_from_id": self.id}
        [(link, url)] = self._create_links([values])
        link._mail(url)
        return True

    def _mail(self, url, subject=None, text=None):
        """Mail the link to its address, in its reader's language. The mail is deleted once it has left.

        :param str url: as :meth:`_issue` returned it
        :param str subject: default: what the link is for
        :param str text: a sentence above the button
        :return: the ``mail.mail``
        :raise UserError: the link has no address
        """
        self.ensure_one()
        if not self.email:
            raise UserError(self.env._("This link has no e-mail address. Issue a new one with one."))
        link = self.sudo().with_context(lang=self.lang)
        company, title = link.company_id, link._words(purposes.get(link.purpose).title)
        values = {"link": link, "url": url, "title": title, "text": text, "company": company}
        body = link.env["ir.qweb"]._render("trade_portal.link_mail", values, lang=self.lang)
        return link.env["mail.mail"].create(
            {
                "subject": subject or f"{title}: {link.record_name}",
                "body_html": body,
                "email_to": link.email,
                "email_from": company.email_formatted or link.env.user.email_formatted,
                "reply_to": link._contact().email_formatted or company.email_formatted,
                "auto_delete": True,
            }
        )

    # -- words ---------------------------------------------------------------------------------

    @api.model
    def _refusal(self, reason):
        """What its reader is told: a title and what to do next."""
        _ = self.env._
        words = {
            "forged": (
                _("This link is not complete"),
                _("Open it from the e-mail once more, or copy all of it into the address line."),
            ),
            "gone": (
                _("This link ended long ago"),
                _("Look for a newer e-mail, or ask your contact person for a new link."),
            ),
            "unopened": (
                _("Please open the link from the e-mail"),
                _("This page is shown only after the link in our e-mail was opened on this device."),
            ),
            "expired": (_("This link has expired"), _("Have a new one sent to you; it takes a minute.")),
            "used_up": (
                _("This was done already"),
                _("The link was used. If you did not do it, or need to do it again, have a new one sent."),
            ),
            "revoked": (
                _("This link was withdrawn"),
                _("It is no longer needed, or a newer one replaces it. Ask your contact person if in doubt."),
            ),
            "wrong_purpose": (
                _("This link is for something else"),
                _("Open the link from the e-mail about what you want to do."),
            ),
            "no_record": (
                _("There is nothing to do here any more"),
                _("What this link was about no longer exists. Ask your contact person if in doubt."),
            ),
            "suspended": (
                _("Trading with you is paused"),
                _("You can look, but nothing can be changed at present. Your contact person knows why."),
            ),
            "closed": (
                _("We no longer trade with each other"),
                _("This page is closed. Ask your contact person if you think this is a mistake."),
            ),
        }
        return words[reason]

    @api.autovacuum
    def _gc(self):
        old = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.search([("expires_at", "<", old)], limit=10_000).unlink()
