import base64
import re
import uuid

from odoo import models
from odoo.tools import groupby

from odoo.addons.trade_core.models.trade_route import AUTO
from odoo.addons.trade_core.pipeline import inbound
from odoo.addons.trade_kernel import certification, certification_credit, certification_reports, codecs
from odoo.addons.trade_kernel.certification import REFERENCES, found
from odoo.addons.trade_kernel.errors import BusinessRefused, TradeError, TradeErrors, ValidationFailed

#: the number of a test order: of which test, and which try; or that of the invoice of it
_NUMBER = re.compile(rf"\b(CT(\d{{5,9}})-\d{{1,4}})(?:{re.escape(certification_credit.SUFFIX)})?\b", re.ASCII)
_HEAD = 200_000  # bytes of an unreadable file in which the number is looked for


class TradeCertificationTest(models.Model):
    """What comes back: matched to its test, checked on three levels, and tried out."""

    _inherit = "trade.certification.test"

    # -- matching ------------------------------------------------------------------------------

    def _spoken_of(self, works):
        """Which works are about tests of their own sender; nobody learns about tests of others.

        :return: ``[(work, test, number)]``
        """
        named = []
        for work in works:
            if match := _number_in(work):
                named.append((work, int(match[2]), match[1]))
        if not named:
            return []
        tests = {test.id: test for test in self.sudo().browse({one for _w, one, _n in named}).exists()}
        return [
            (work, tests[test_id], number)
            for work, test_id, number in named
            if test_id in tests and tests[test_id].trade_partner_id == work.message.trade_partner_id
        ]

    def _came(self, work, number):
        """An answer came over a route: check it and note what was found.

        :return: the try
        """
        message, document, error = work.message, work.document, work.error
        where = {"kind": "message", "message": message, "raw": message._raw(), "filename": message.filename}
        if document:
            where["document"] = document.as_dict()
        aside = None
        if number != self.number:
            expected = self.number or self.env._("none")
            aside = found("error", REFERENCES, "certification.old", found=number, expected=expected)
        elif message.route_id != self.certification_id.route_in_id:
            expected = self.certification_id.route_in_id.name
            aside = found(
                "error",
                REFERENCES,
                "certification.other_route",
                found=message.route_id.name,
                expected=expected,
            )
        elif self.state == "passed":
            aside = found("warning", REFERENCES, "certification.over")
        elif document and not error:
            aside = self._cases()._aside(self, document)
        if aside:
            return self._note(outcome="noted", findings=[aside], **where)
        return self._judge(document, error, where)

    def _upload(self, raw, filename=None, who=None):
        """An answer given as a file, on our screen or on the partner's page.

        :param bytes raw: limits are the caller's business
        :return: the try
        :raise BusinessRefused: no answer is waited for
        """
        self.ensure_one()
        test = self.sudo()
        if test.state not in ("sent", "failed"):
            raise BusinessRefused("certification.not_sent", test=test.name)
        document, error = test._read(raw, filename)
        where = {"kind": "upload", "raw": raw, "filename": filename, "who": who}
        if document:
            where["document"] = document.as_dict()
        return test._judge(document, error, where)

    def _read(self, raw, filename=None):
        """:return: ``(document or None, error or None)``"""
        route = self.certification_id.route_in_id
        try:
            if route.codec == AUTO:
                codec = codecs.recognise(raw[: codecs.HEAD], filename, None)
            else:
                codec = codecs.get(route.codec)
            parts = list(codec.decode(raw, route._codec_options()))
        except TradeError as error:
            return None, error
        if not parts:
            return None, ValidationFailed("file.empty")
        if len(parts) > 1:
            return None, ValidationFailed("certification.several", count=len(parts))
        [part] = parts
        if part.errors:
            return None, part.errors[0] if len(part.errors) == 1 else TradeErrors(part.errors)
        kind, expected = part.document.document_type, route.document_type
        if kind != expected:
            return None, BusinessRefused("document.unexpected", found=kind, expected=expected)
        return part.document, None

    # -- checking ------------------------------------------------------------------------------

    def _judge(self, document, error, where):
        """Check an answer, note the try, and say where the test stands."""
        if self.kind == "malformed":
            findings, effects, waits = certification.refusal(error), [], False
        else:
            findings = certification.syntax(error)
            effects, waits = [], False
            if document and not error:
                more, effects, waits = self._check(document, where)
                findings = [*findings, *more]
        passed = certification.passes(findings)
        outcome = "waits" if passed and waits else "passed" if passed else "failed"
        run = self._note(outcome=outcome, findings=findings, effects=effects, **where)
        vals = {"last_run_id": run.id, "state": "sent" if outcome == "waits" else outcome}
        if outcome == "passed":
            vals["passed_at"] = run.at
        self.write(vals)
        self.certification_id._refresh()
        return run

    def _check(self, document, where):
        """:return: ``(findings, effects, whether one more document has to come)``"""
        cases, expected = self._cases(), self.expected or {}
        findings = cases._findings(self, document)
        if not cases._is_about(self, document):
            return findings, [], False  # it speaks about something else: that is not tried out
        raws, first = [where["raw"]], self._first_of_two() if self.kind == "duplicate" else None
        if first:
            raws.insert(0, base64.b64decode(first.with_context(bin_size=False).raw))
        results = self._try_out(raws)
        if first:
            findings += certification.once(results, expected)
        else:
            findings += certification.outcome(results[0], expected)
        waits = self.kind == "duplicate" and not first
        if waits and certification.passes(findings):
            findings.append(found("warning", certification.RULES, "certification.second"))
        return findings, self._without_links(results[0]["effects"]), waits

    def _first_of_two(self):
        """The good answer to this very try that has come already."""
        last = self.last_run_id
        return last if last.outcome == "waits" and last.number == self.number else None

    # -- trying out ----------------------------------------------------------------------------

    def _staged(self, number, day):
        """The documents of the test, from a real record that is there only as long as this takes.

        :return: ``([(route, document that is sent), …], document that answers are compared with)``
        """
        self.env.flush_all()
        with self.env["trade.lane"]._rolled_back() as env:
            sent, asked = self.with_env(env)._place(number, day)
            return [(route.with_env(self.env), document) for route, document in sent], asked

    def _place(self, number, day):
        """Create and confirm the test order and let count as sent what the partner gets; only where all is
        rolled back.

        :return: as of :meth:`_staged`
        """
        test = self.with_company(self.company_id)
        cases, sent = test._cases(), []
        record = cases._stage(test, number, day)
        if before := cases._route_before(test):
            sent.append((before, test._said(before, record, number)))
            cases._go_on(test, record)
        if route := test.certification_id.route_out_id:
            sent.append((route, test._said(route, record, number)))
        return sent, cases._describe(test, record, *(document for _route, document in sent[-1:]))

    def _said(self, route, record, number):
        """What the staged record says over a route; from now on the partner has it.

        :return: the canonical document
        """
        Message = self.env["trade.message"]
        message = Message.search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("route_id", "=", route.id)],
            limit=1,
        ) or Message._queue(route, record, document_number=number, revision=self._cases()._revision(record))
        document = route._adapter()._collect(message, record)
        # What is said next may be the difference to it.
        message.canonical = document.model_dump(mode="json", exclude_none=True)
        message._set_state("sent", sent_at=message.received_at, receipt_at=message.received_at)
        return document

    def _try_out(self, raws):
        """Process answers as if they were live, and roll everything back.

        :return: outcomes as of ``trade.lane._dry_run``, one per answer
        """
        self.env.flush_all()
        with self.env["trade.lane"]._rolled_back() as env:
            test = self.with_env(env)
            test._place(self.number, self.wanted_on)  # as they are here, committed or not
            return [test._process(raw) for raw in raws]

    def _without_links(self, effects):
        """Effects on records that were there for the try alone are marked ``gone``: nobody can open them."""
        there = {
            model: set(self.env[model].sudo().browse({one["id"] for one in of_model}).exists().ids)
            for model, of_model in groupby(effects, lambda one: one["model"])
        }
        return [{**one, "gone": one["id"] not in there[one["model"]]} for one in effects]

    def _process(self, raw):
        Message, route = self.env["trade.message"], self.certification_id.route_in_id
        receipt = Message._receive(raw, route=route, scope="certification", key=uuid.uuid4().hex)
        message = Message.browse(receipt.message_id)
        message.mode = "live"  # as it will count
        [outcome, *_more] = inbound.dry_run(message)
        return outcome

    # -- broken on purpose ---------------------------------------------------------------------

    def _good_answer(self):
        """The last answer of the partner to a test of this certification that was passed."""
        return self.env["trade.certification.run"].sudo().search(
            [
                ("test_id", "in", self.certification_id.test_ids.ids),
                ("test_id.kind", "!=", "malformed"),
                ("outcome", "=", "passed"),
                ("raw", "!=", False),
            ],
            limit=1,
        )  # fmt: skip

    def _break(self, who=None):
        """Break the partner's own last good answer and see that it is refused.

        :return: the try
        :raise BusinessRefused: there is no good answer yet
        """
        self.ensure_one()
        test, good = self.sudo(), self._good_answer()
        if self.kind != "malformed" or not good:
            raise BusinessRefused("certification.nothing_to_break", test=self.name)
        raw = base64.b64decode(good.with_context(bin_size=False).raw)
        for broken in certification.breaks(raw):
            document, error = test._read(broken, good.filename)
            if error and certification.passes(certification.refusal(error)):
                break
        where = {"kind": "broken", "raw": broken, "filename": good.filename, "who": who}
        return test._judge(document, error, where)


def _number_in(work):
    if work.document:
        return next(filter(None, map(_NUMBER.fullmatch, certification_reports.numbers(work.document))), None)
    if work.error:
        # It could not be read: maybe its order number can still be seen.
        return _NUMBER.search(work.message._open().read(_HEAD).decode("utf-8", "replace"))
    return None
