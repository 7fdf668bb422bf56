"""What opens, counts, reopens and closes problems: the machine's side of the desk."""

import hashlib
from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger
from psycopg2.errors import UniqueViolation

from ..pipeline.step import Conflict

REOPEN_DAYS = 30  # the same problem within this time is the old one again, with its history
_CHUNK = 200
_QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
}
_CONNECTION_CLASSES = ("partner_down", "authentication")
_ACTIVITIES = ["trade_core.mail_activity_problem", "trade_core.mail_activity_escalation"]


class TradeException(models.Model):
    _inherit = "trade.exception"

    # -- opening -------------------------------------------------------------------------------

    @api.model
    def _report(self, pairs):
        """Messages could not go on: each joins the problem it shares with others, or opens a new one.

        A document with several unknown codes shows up in each of their problems; the first one is its own
        (``message.exception_id``), so that nobody waits for the second code until the first is known.

        :param pairs: ``[(message, TradeError), …]``
        :return: the problems
        :raise Conflict: another transaction opened one of them at this instant; do it again
        """
        desk = self.sudo().with_context(**_QUIET)
        if not pairs:
            return desk.browse()
        heads = [(message.sudo(), desk._heads(message.sudo(), error)) for message, error in pairs]
        wanted, seen = {}, Counter()
        for _message, found in heads:
            wanted |= found
            seen.update(found.keys())
        problems = desk._upsert(wanted, seen)
        before = desk.union(*(message.exception_id for message, _found in heads)) | desk._neighbours_of(
            [message.id for message, _found in heads]
        )
        own, also = defaultdict(list), []
        for message, found in heads:
            first, *others = (problems[fingerprint] for fingerprint in found)
            own[first].append(message.id)
            also += [(message.id, other.id) for other in others if other != first]
        for problem, ids in own.items():
            self.env["trade.message"].sudo().browse(ids).write({"exception_id": problem.id})
        desk._link_also([message.id for message, _found in heads], also)
        found = desk.union(*problems.values())
        (found | before)._refresh()
        return found

    @api.model
    def _open(self, error, *, company, trade_partner=None, route=None, connector=None):
        """A problem that is not about one document, such as a partner that is down. Documents join it with
        :meth:`_attach`; it ends with :meth:`_auto_resolve`.

        :return: the open problem
        :raise Conflict: another transaction opened it at this instant; do it again
        """
        desk = self.sudo().with_context(**_QUIET)
        vals = desk._prepare_vals(error, company, trade_partner, route, connector)
        [problem] = desk._upsert(
            {vals["fingerprint"]: {**vals, "pinned": True}}, {vals["fingerprint"]: 1}
        ).values()
        return problem

    @api.model
    def _arrived(self, trade_partner, subjects):
        """What documents of a partner may have waited for has come: they run again by themselves.

        Called by whoever brought it about, in the same transaction; other addons extend it for what waits
        elsewhere.

        :param subjects: what came, as an ``OutOfSequence`` names what it misses in its subject:
            ``order:P00012``, ``receipt:P00012``, ``shipment:D-1``, ``invoice:R-1``
        """
        problems = self.sudo().search(
            [
                ("is_open", "=", True),
                ("trade_partner_id", "=", trade_partner.id),
                ("subject", "in", list(subjects)),
                ("exception_class", "=", "sequence"),
            ]
        )
        if problems:
            self.env["trade.message"].sudo().browse(problems._waiting_message_ids())._replay()

    def _attach(self, messages):
        """Let messages wait for this problem."""
        if not messages:
            return
        self.ensure_one()
        messages = messages.sudo()
        before = messages.exception_id
        messages.write({"exception_id": self.id})
        (self | before)._refresh()

    def _heads(self, message, error):
        """``{fingerprint: vals}`` of the problems one error stands for, the message's own first.

        Only unknown codes are problems each for itself: every one has a fix of its own. Ten malformed fields
        of a document are one problem: the partner corrects the document.
        """
        first, *others = error.errors
        heads = {}
        for one in [first, *(other for other in others if other.exception_class == "mapping")]:
            vals = self._prepare_vals(
                one, message.company_id, message.trade_partner_id, message.route_id, message.connector_id
            )
            heads.setdefault(vals["fingerprint"], vals)
        if len(error.errors) > 1:
            next(iter(heads.values()))["errors"] = [one.as_dict() for one in error.errors]
        return heads

    def _prepare_vals(self, error, company, trade_partner, route, connector):
        scope = self._scope(error, company, trade_partner, route, connector)
        parts = (error.exception_class, error.code, scope, error.subject or "")
        return {
            "name": error.message,
            "exception_class": error.exception_class,
            "code": error.code,
            "fingerprint": hashlib.sha256("\n".join(parts).encode()).hexdigest(),
            "subject": error.subject,
            "params": error.params,
            "errors": [error.as_dict()],
            "pointer": error.pointer,
            "remedy": error.remedy,
            "company_id": company.id,
            "trade_partner_id": trade_partner.id if trade_partner else False,
            "route_id": route.id if route else False,
            "connector_id": connector.id if connector else False,
        }

    @api.model
    def _scope(self, error, company, trade_partner, route, connector):
        """Within what two errors with the same code and subject are one problem: where one fix heals both."""
        if error.exception_class in _CONNECTION_CLASSES and connector:
            return f"connector:{connector.id}"
        if error.exception_class == "mapping" and trade_partner:
            return f"partner:{trade_partner.id}"  # a code means the same in all documents of a partner
        if route:
            return f"route:{route.id}"
        return f"partner:{trade_partner.id}" if trade_partner else f"company:{company.id}"

    def _upsert(self, wanted, seen):
        """Join the open problem, reopen one closed lately, or open a new one.

        :param wanted: ``{fingerprint: vals}``
        :param seen: ``{fingerprint: how often just now}``
        :return: ``{fingerprint: problem}``
        """
        now = fields.Datetime.now()
        known = {}
        for problem in self.search(
            [
                ("fingerprint", "in", list(wanted)),
                "|",
                ("is_open", "=", True),
                ("resolved_at", ">=", now - timedelta(days=REOPEN_DAYS)),
            ],
            order="is_open desc, id desc",
        ):
            known.setdefault(problem.fingerprint, problem)
        for fingerprint, problem in sorted(known.items(), key=lambda item: item[1].id):
            if not problem.is_open:
                problem._reopen(wanted[fingerprint], now)
            problem.write(
                {
                    "last_seen": now,
                    "seen_count": problem.seen_count + seen[fingerprint],
                    "errors": wanted[fingerprint]["errors"],
                    "pinned": problem.pinned or wanted[fingerprint].get("pinned", False),
                }
            )
        new = {fingerprint: vals for fingerprint, vals in wanted.items() if fingerprint not in known}
        if new:
            created = self._create_new([self._prepare_new(vals, seen[key], now) for key, vals in new.items()])
            known |= {problem.fingerprint: problem for problem in created}
        return {fingerprint: known[fingerprint] for fingerprint in wanted}

    def _create_new(self, vals_list):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                problems = self.create(vals_list)
        except UniqueViolation as error:
            raise Conflict from error
        problems._hand_over()
        return problems

    def _prepare_new(self, vals, seen, now):
        kind = self.env["trade.exception.class"].search([("code", "=", vals["exception_class"])], limit=1)
        if not kind:
            kind = self.env.ref("trade_core.exception_class_internal")
        partner = self.env["trade.partner"].browse(vals["trade_partner_id"])
        team = self.env["trade.route"].browse(vals["route_id"]).team_id or kind.team_id
        company = self.env["res.company"].browse(vals["company_id"])
        return {
            **{name: value for name, value in vals.items() if name != "exception_class"},
            "class_id": kind.id,
            "severity": kind.severity,
            "remedy": vals["remedy"] or kind.remedy,
            "team_id": team.id,
            "user_id": self.env["trade.team"]._owner(team, partner, company).id,
            "deadline": self._due(kind, partner, now),
            "first_seen": now,
            "last_seen": now,
            "seen_count": seen,
        }

    @api.model
    def _due(self, kind, partner, now):
        return self._in_hours(kind.sla_hours, partner.resource_calendar_id, now) if kind.sla_hours else False

    def _reopen(self, vals, now):
        """The same thing again: the same record, so that its history speaks."""
        was = self.resolution
        self.write(
            {
                "state": "open",
                "name": vals["name"],
                "params": vals["params"],
                "pointer": vals["pointer"],
                "reopened_count": self.reopened_count + 1,
                "deadline": self._due(self.class_id, self.trade_partner_id, now),
                "escalated_at": False,
                "resolved_at": False,
                "resolved_by": False,
                "resolution": False,
                "replay": False,
            }
        )
        self.message_post(body=self.env._("It came again. It had been closed: %s", was or ""))
        self._hand_over()

    def _hand_over(self):
        """The owner has an activity, and nobody else. Called whenever the owner may have changed."""
        self._drop_activity()
        for problem in self.sudo().with_context(mail_activity_quick_update=True):
            if problem.user_id and problem.state in ("open", "replaying"):
                problem.activity_schedule(
                    _ACTIVITIES[0],
                    date_deadline=fields.Date.to_date(problem.deadline) if problem.deadline else None,
                    summary=problem.name[:200],
                    user_id=problem.user_id.id,
                )

    def _drop_activity(self):
        self.sudo().activity_unlink([_ACTIVITIES[0]])

    def _finish_activities(self, feedback):
        activities = self.activity_search(_ACTIVITIES)
        if activities:
            activities.action_feedback(feedback=feedback)
        return activities

    # -- documents that have several problems --------------------------------------------------

    @api.model
    def _neighbours_of(self, message_ids):
        """Problems that these messages have beside their own."""
        self.flush_model(["also_ids"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT exception_id FROM trade_exception_also_rel WHERE message_id = ANY(%s)",
                list(message_ids),
            )
        )
        return self.browse(problem_id for (problem_id,) in rows)

    def _neighbours(self):
        """Problems that share documents with these."""
        self.flush_model(["also_ids"])
        self.env["trade.message"].flush_model(["exception_id"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT DISTINCT also.exception_id FROM trade_exception_also_rel also
              JOIN trade_message m ON m.id = also.message_id WHERE m.exception_id = ANY(%s)""",
                self.ids,
            )
        )
        return self.browse(problem_id for (problem_id,) in rows)

    @api.model
    def _link_also(self, message_ids, pairs):
        self.env.execute_query(
            SQL(
                "DELETE FROM trade_exception_also_rel WHERE message_id = ANY(%s) RETURNING message_id",
                list(message_ids),
            )
        )
        if pairs:
            self.env.execute_query(
                SQL(
                    "INSERT INTO trade_exception_also_rel (message_id, exception_id)"
                    " SELECT * FROM unnest(%s, %s) ON CONFLICT DO NOTHING RETURNING message_id",
                    [message_id for message_id, _problem_id in pairs],
                    [problem_id for _message_id, problem_id in pairs],
                )
            )
        self.invalidate_model(["also_ids"], flush=False)

    # -- counting ------------------------------------------------------------------------------

    def _waiting_sql(self):
        """Rows ``(exception_id, message_id)`` of what waits for these problems.

        A sent document waits for the answer, nothing else: it counts only where silence is the problem.
        """
        self.env["trade.message"].flush_model(
            ["exception_id", "state", "ack_deadline", "amount_total", "thread"]
        )
        self.flush_model(["exception_class", "also_ids"])
        return SQL(
            """
            SELECT link.exception_id, m.id AS message_id FROM (
                SELECT exception_id, id AS message_id FROM trade_message WHERE exception_id = ANY(%(ids)s)
                UNION
                SELECT exception_id, message_id FROM trade_exception_also_rel
                 WHERE exception_id = ANY(%(ids)s)
            ) link
              JOIN trade_message m ON m.id = link.message_id
              JOIN trade_exception e ON e.id = link.exception_id
             WHERE m.state IN ('held', 'received', 'decoded', 'queued')
                OR (m.state = 'sent' AND e.exception_class = 'silence' AND m.ack_deadline IS NOT NULL)""",
            ids=self.ids,
        )

    def _waiting_message_ids(self):
        """Ids of the messages that wait for any of these problems, the oldest first."""
        if not self.ids:
            return []
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT message_id FROM (%s) w ORDER BY 1", self._waiting_sql())
        )
        return [message_id for (message_id,) in rows]

    def _count_waiting(self):
        """``{problem id: (types, value)}``: documents by type, and the value at stake in company currency.

        Two documents about the same order put the same money at stake: it counts once.
        """
        rows = self.env.execute_query(
            SQL(
                """
            SELECT exception_id, document_type, currency_id, SUM(n)::int, SUM(amount) FROM (
                SELECT w.exception_id, m.document_type, m.currency_id,
                       COUNT(*) AS n, MAX(m.amount_total) AS amount
                  FROM (%s) w JOIN trade_message m ON m.id = w.message_id
                 GROUP BY 1, 2, 3, COALESCE(m.thread, m.id::text)) per_order
             GROUP BY 1, 2, 3""",
                self._waiting_sql(),
            )
        )
        today = fields.Date.context_today(self)
        counts = {problem.id: (Counter(), 0.0) for problem in self}
        for problem_id, document_type, currency_id, number, amount in rows:
            company = self.browse(problem_id).company_id
            types, value = counts[problem_id]
            types[document_type or "unread"] += number
            if amount and currency_id:
                currency = self.env["res.currency"].browse(currency_id)
                value += currency._convert(float(amount), company.currency_id, company, today)
            counts[problem_id] = (types, value)
        return counts

    def _refresh(self):
        """Count again what waits; a problem nothing waits for any more is solved and closes itself."""
        problems = self.sudo().with_context(**_QUIET)
        if not problems:
            return
        problems = (problems | problems._neighbours()).exists().sorted("id")
        counts = problems._count_waiting()
        for problem in problems:
            types, value = counts[problem.id]
            vals = {
                "waiting_count": sum(types.values()),
                "waiting_types": dict(types) or False,
                "value_at_stake": value,
            }
            if any(problem[name] != new for name, new in vals.items()):
                problem.write(vals)
            if problem.is_open:
                problem._settle()

    def _settle(self):
        outcome = self._replay_outcome() if self.state == "replaying" else {}
        if outcome.get("running"):
            return
        if not self.waiting_count and not self.pinned:
            self._close("resolved", self._outcome_note(), self._solver())
        elif outcome:
            self.write({"state": "open"})
            self.message_post(
                body=self.env._(
                    "Applied %(done)s of %(documents)s, still waiting: %(waiting)s.",
                    done=outcome["done"],
                    documents=self._documents(outcome["total"]),
                    waiting=self.waiting_count,
                )
            )

    def _solver(self):
        return self.env["res.users"].browse((self.replay or {}).get("by", ()))

    def _outcome_note(self):
        """What became of its documents, in words: "4 documents applied, 0 left."."""
        ids = (self.replay or {}).get("ids") or self.document_ids.ids
        states = Counter(self.env["trade.message"].browse(ids).mapped("state"))
        applied = states["applied"] + states["acknowledged"] + states["sent"]
        parts = [self.env._("%s applied", self._documents(applied))]
        if ended := states["ignored"] + states["cancelled"] + states["rejected"]:
            parts.append(self.env._("%s closed without being applied", ended))
        if other := states["held"]:
            parts.append(self.env._("%s wait for another problem", other))
        return self.env._("%s, 0 left.", ", ".join(parts))

    # -- closing -------------------------------------------------------------------------------

    def _auto_resolve(self, note):
        """The cause is gone (a circuit closed): close the problem, whoever waits goes on by itself."""
        problems = self.sudo().with_context(**_QUIET).filtered("is_open")
        problems._close("resolved", note, self.env["res.users"])
        problems._refresh()

    def _close(self, state, note, user):
        self.write(
            {
                "state": state,
                "pinned": False,
                "snoozed_until": False,
                "resolved_at": fields.Datetime.now(),
                "resolved_by": user.id,
                "resolution": note,
            }
        )
        for problem in self.with_context(**_QUIET):
            if not problem._finish_activities(note):
                problem.message_post(body=note)

    def _wake(self, note):
        snoozed = self.filtered(lambda problem: problem.state == "snoozed")
        snoozed.write({"state": "open", "snoozed_until": False})
        for problem in snoozed:
            problem.message_post(body=note)
        snoozed._hand_over()

    # -- the clock -----------------------------------------------------------------------------

    @api.model
    def _cron_clock(self):
        """Wake what was snoozed, escalate what is overdue, count again (cron, every few minutes)."""
        desk = self.sudo().with_context(**_QUIET)
        now = fields.Datetime.now()
        desk.search([("state", "=", "snoozed"), ("snoozed_until", "<=", now)])._wake(
            self.env._("The snooze is over.")
        )
        late = desk.search(
            [("state", "in", ("open", "replaying")), ("deadline", "<=", now), ("escalated_at", "=", False)]
        )
        late._escalate(now)
        ids = desk.search([("is_open", "=", True)], order="id").ids
        self.env["ir.cron"]._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            desk.browse(chunk)._refresh()
            if not self.env["ir.cron"]._commit_progress(len(chunk)):
                break

    def _escalate(self, now):
        """The clock has run out: the team's leader gets an activity, the chatter says so; once."""
        for problem in self:
            leader = problem.team_id.leader_id or problem.class_id.team_id.leader_id
            if not self.env["trade.team"]._can_own(leader, problem.company_id):
                leader = self.env["res.users"]
            problem.escalated_at = now
            owner = problem.user_id.name or self.env._("nobody")
            if leader:
                problem.activity_schedule(
                    _ACTIVITIES[1],
                    summary=problem.name[:200],
                    note=self.env._("Not solved in time. It is with %s.", owner),
                    user_id=leader.id,
                )
            problem.message_post(
                body=self.env._(
                    "Overdue. It is with %(owner)s; %(leader)s was told.",
                    owner=owner,
                    leader=leader.name or self.env._("no team leader is set, so nobody"),
                )
            )
