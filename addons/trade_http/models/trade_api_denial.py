from collections import defaultdict
from ipaddress import ip_address, ip_network

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.trade_core.pipeline.step import Conflict
from odoo.addons.trade_kernel.errors import AuthenticationFailed

from .. import afterwards, gate, limits

#: rows of one client in one day; what comes from more places is counted together
_MAX_ROWS = 500
_OTHERS = "others"
#: whoever proves who it is, but asks for too much, has not failed to get in
_KNOWN_CALLER = ("scope", "limit")
PROBLEM = "http.denied_often"


class TradeApiDenial(models.Model):
    """Requests that were denied, counted by the hour: who, what, from where, and why."""

    _name = "trade.api.denial"
    _description = "Denied Request"
    _order = "last_seen desc, id desc"

    client_id = fields.Many2one(
        "trade.api.client",
        "API client",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty: none of ours, whatever was claimed.",
    )
    connector_id = fields.Many2one(
        "trade.connector",
        "Webhook",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Whose address for events was called, see trade_hook_denial.py.",
    )
    trade_partner_id = fields.Many2one(
        "trade.partner", "Partner", compute="_compute_whose", store=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", compute="_compute_whose", store=True, index="btree_not_null")
    caller = fields.Char("Who", compute="_compute_caller")
    hour = fields.Datetime(readonly=True, required=True, index=True, help="The hour that is counted.")
    address = fields.Char(
        "From", readonly=True, required=True, help="The address; for unknown callers the network around it."
    )
    reason = fields.Selection("_selection_reason", "Why", readonly=True, required=True)
    detail = fields.Char("In particular", readonly=True, required=True, default="")
    way_in = fields.Selection(
        [("key", "API key"), ("signature", "Signature"), ("token", "Token"), ("none", "None")],
        "Came with",
        readonly=True,
        required=True,
    )
    operation = fields.Char("Wanted", readonly=True, required=True)
    count = fields.Integer("Times", readonly=True, required=True)
    first_seen = fields.Datetime(readonly=True, required=True)
    last_seen = fields.Datetime(readonly=True, required=True, index=True)

    _unique_what = models.UniqueIndex(
        "(COALESCE(client_id, -connector_id, 0), hour, address, reason, detail, way_in, operation)"
    )

    @api.model
    def _selection_reason(self):
        return [(name, f"{words[0].upper()}{words[1:]}") for name, words in self._reasons().items()]

    @api.model
    def _reasons(self):
        """Why somebody was not let in → the words."""
        return gate.REASONS

    @api.depends(
        "client_id.trade_partner_id",
        "client_id.company_id",
        "connector_id.trade_partner_id",
        "connector_id.company_id",
    )
    def _compute_whose(self):
        for denial in self:
            whose = denial.client_id or denial.connector_id
            denial.trade_partner_id, denial.company_id = whose.trade_partner_id, whose.company_id

    @api.depends("client_id.name")
    def _compute_caller(self):
        for denial in self:
            denial.caller = denial.client_id.name or self.env._("Unknown caller")

    def action_open_client(self):
        """The API client that was denied; of an unknown caller there is nothing to open."""
        self.ensure_one()
        if not self.client_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": self.client_id.name,
            "res_model": "trade.api.client",
            "res_id": self.client_id.id,
            "view_mode": "form",
        }

    # -- counting ------------------------------------------------------------------------------

    @staticmethod
    def _note(dbname, denied, address, operation):
        """Count a denial; written down later, see ``afterwards``."""
        client = denied.door.client_id if denied.door else 0
        key = (
            client,
            address if client else _network(address),
            denied.reason,
            denied.detail[:120] if client else "",  # what strangers make up is not kept
            denied.way_in,
            operation,
        )
        afterwards.count(dbname, "denied", key)

    @api.model
    def _add(self, notes):
        """Write down what was counted, and tell somebody when a client is denied again and again.

        :param notes: keys as in :meth:`_note` → times; who was denied is the id of a client, a negative one
            that of a webhook's connector, 0 is somebody we do not know
        """
        known, rows = self._known(), {}
        for key, times in notes.items():
            if key is afterwards.OVERFLOW:
                key = (0, _OTHERS, "unknown", "", "none", "other")
            elif known.get(key[0], 0) >= _MAX_ROWS:
                key = (key[0], _OTHERS, key[2], "", key[4], "other")
            else:
                known[key[0]] = known.get(key[0], 0) + 1
            rows[key] = rows.get(key, 0) + times
        self.env.execute_query(
            SQL(
                """
            INSERT INTO trade_api_denial AS known
                   (client_id, connector_id, trade_partner_id, company_id, hour, address, reason, detail,
                    way_in, operation, count, first_seen, last_seen, create_date, write_date)
            SELECT client.id, hook.id, COALESCE(client.trade_partner_id, hook.trade_partner_id),
                   COALESCE(client.company_id, hook.company_id), date_trunc('hour', now.at),
                   new.address, new.reason, new.detail, new.way_in, new.operation, new.times, now.at, now.at,
                   now.at, now.at
              FROM (SELECT date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC') AS at) now,
                   (VALUES %s) AS new (client, address, reason, detail, way_in, operation, times)
              LEFT JOIN trade_api_client client ON client.id = new.client
              LEFT JOIN trade_connector hook ON hook.id = -new.client
            ON CONFLICT (COALESCE(client_id, -connector_id, 0), hour, address, reason, detail, way_in,
                         operation)
            DO UPDATE SET count = known.count + excluded.count, last_seen = excluded.last_seen,
                          write_date = excluded.write_date
            RETURNING id""",
                # In one order everywhere: workers write the same rows.
                SQL(", ").join(SQL("%s", (*key, rows[key])) for key in sorted(rows)),
            )
        )
        self.env.invalidate_all()
        self._tell({key[0] for key in rows if key[0] and key[2] not in _KNOWN_CALLER})

    @api.model
    def _known(self):
        """How much we know today: who, as in :meth:`_add` → rows."""
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT COALESCE(client_id, -connector_id, 0), count(*) FROM trade_api_denial"
                    " WHERE hour >= date_trunc('day', now() AT TIME ZONE 'UTC') GROUP BY 1"
                )
            )
        )

    # -- telling -------------------------------------------------------------------------------

    def _lately(self, whom):
        """Of those who failed to get in within the last hour: who, as in :meth:`_add` → denials."""
        whom = list(whom)
        found = self.sudo().search(
            [
                "|",
                ("client_id", "in", [number for number in whom if number > 0]),
                ("connector_id", "in", [-number for number in whom if number < 0]),
                ("last_seen", ">=", _an_hour_ago()),
                ("reason", "not in", _KNOWN_CALLER),
            ]
        )
        return found.grouped(lambda denial: denial.client_id.id or -denial.connector_id.id)

    def _within_an_hour(self):
        """How many of these were within the last hour.

        A row counts a clock hour. Of one that began earlier, that part is taken which would be within the
        last hour if its denials had come evenly.
        """
        since, total = _an_hour_ago(), 0
        for denial in self:
            span = (denial.last_seen - denial.first_seen).total_seconds()
            inside = (denial.last_seen - since).total_seconds()
            total += denial.count * (inside / span if 0 < inside < span else inside >= 0)
        return round(total)

    @api.model
    def _tell(self, whom):
        often = limits.setting(self.env, "trade_http.denials_before_problem")
        for denials in self._lately(whom).values():
            if (times := denials._within_an_hour()) >= often:
                denials._open_problem(times)

    def _open_problem(self, times):
        worst = max(self, key=lambda denial: denial.count)
        why = self._reasons()[worst.reason] + (f" ({worst.detail})" if worst.detail else "")
        error, about = self[:1]._as_problem(times, f"{why}, {worst.address}")
        try:
            with self.env.cr.savepoint():
                self.env["trade.exception"]._open(error, **about)
        except Conflict:
            return  # another worker reports it at this moment

    def _as_problem(self, times, why):
        """:return: the error, and whom it concerns"""
        client = self.client_id
        error = AuthenticationFailed(
            PROBLEM, subject=f"client:{client.id}", client=client.name, count=times, why=why
        )
        return error, {"company": client.company_id, "trade_partner": client.trade_partner_id}

    @api.model
    def _got_in(self, visits):
        """Clients that got in: their problem ends, unless somebody elsewhere goes on trying.

        :param visits: pairs of client id and address
        """
        came_from = defaultdict(set)
        for client, address in visits:
            came_from[f"client:{client}"].add(address)
        problems = self.env["trade.exception"].search(
            [("code", "=", PROBLEM), ("is_open", "=", True), ("subject", "in", list(came_from))]
        )
        if not problems:
            return
        lately = self._lately(client for client, _address in visits)
        for problem in problems:
            here = came_from[problem.subject]
            denied = lately.get(int(problem.subject.removeprefix("client:")), self)
            if here >= set(denied.mapped("address")):
                problem._auto_resolve(
                    self.env._("The client got in again, from %s.", ", ".join(sorted(here)))
                )

    @api.autovacuum
    def _gc(self):
        days = limits.setting(self.env, "trade_http.keep_denials_days")
        self.search([("hour", "<", fields.Datetime.subtract(fields.Datetime.now(), days=days))]).unlink()


def _an_hour_ago():
    return fields.Datetime.subtract(fields.Datetime.now(), hours=1)


def _network(address):
    """The network around an address: made-up senders shall not fill the list."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def _write(env, notes):
    env["trade.api.denial"]._add(notes)


afterwards.register("denied", _write, every=5)
