"""The test bench on the partner's pages: what each test asks for, run and answer it, and what came of it."""

from odoo.http import request
from odoo.tools.translate import LazyTranslate

from odoo.addons.trade_core import limits, spoken
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_portal import words

_lt = LazyTranslate(__name__)

KIND = "certification"
#: cause of a finding → what the partner reads instead of what our people do, and what to do about it
CAUSES = {
    "deviation": (
        _lt("In daily business one of us would look at what differs from our order."),
        _lt("Compare quantity, unit, price and day of every line with the test order."),
    ),
    "mapping": (
        _lt("A code in it is new to us."),
        _lt("Use the codes of our test order as we sent them. If yours is right, tell us, and we add it."),
    ),
    "sequence": (
        _lt("A document that comes before it is missing."),
        _lt("Send that one first, then this one again."),
    ),
    "duplicate": (
        _lt("A document with this number came before."),
        _lt("Give every document a number of its own."),
    ),
    "ignored": (
        _lt("It repeats another document, or is older than one that came before."),
        _lt("Answer the newest order, with a number that you have not used yet."),
    ),
    "business": (
        _lt("It does not go together with our test order."),
        _lt("Compare it with the test order, correct it and send it again; ask us if you see no difference."),
    ),
}
#: documents that follow each other in business, and what they are about, are tried in that order; others
#: after them
COURSE = (
    ("order_response", None),
    ("order_response", "order_change"),
    ("order_response", "order_cancellation"),
    ("despatch_advice", None),
    ("invoice", None),
    ("credit_note", None),
)
#: state of a test → colour of its card; the others are grey
TONES = {"passed": "done", "failed": "you"}
OURS = (
    _lt("There is a difficulty on our side; your document may well be right."),
    _lt("Try again later, and tell us if it stays."),
)


def page(desk, step, notice=None, notice_tone="success", status=200, tried=None):
    """All tests of the case, in the order in which they are best done.

    :param tried: the test the notice is about, which shows it
    """
    rows = step.onboarding_id.certification_ids._rows()
    rows.sort(key=_place)
    for row in rows:
        kinds = filter(None, (row["document_type"], row["about"]))
        row["name"] = ": ".join(words.kind(step.env, kind) for kind in kinds)
        for test in row["tests"]:
            test["findings"] = [_said(step.env, finding) for finding in test["findings"]]
            test["tone"] = TONES.get(test["state"], "")
            test["tried"] = bool(tried) and test["id"] == tried.id
    response = desk.render(
        "trade_onboarding_portal.bench",
        step=step,
        certifications=rows,
        editable=desk.may_work(step),
        url=desk.url,
        **{"test_notice" if tried else "notice": notice, "notice_tone": notice_tone},
    )
    response.status_code = status
    return response


def work(desk, step, form):
    """Run a test, or take the answer to one.

    :param dict form: ``certification`` and ``test`` say which; ``do`` is send, upload or break
    """
    _ = step.env._
    if not desk.may_work(step):
        return page(desk, step, desk.read_only or _("Nothing can be tried at present."), "warning", 403)
    certification = _numbered(step.onboarding_id.certification_ids, form.get("certification"))
    test = _numbered(certification.test_ids, form.get("test"))
    if not test:
        return page(desk, step, _("There is no such test of yours."), "warning", 404)
    doing, upload, filename = form.get("do"), None, None
    if doing == "upload":
        file = form.get("answer")
        if not getattr(file, "filename", None):
            missing = _("Choose your file first.")
            return page(desk, step, missing, "warning", 422, test)
        most = limits.of(step.env).max_bytes
        upload, filename = file.stream.read(most + 1), file.filename
        if len(upload) > most:
            large = _("The file is larger than %s MB. Send a smaller one.", most // 1_000_000)
            return page(desk, step, large, "warning", 422, test)
    try:
        with request.env.cr.savepoint():
            row = certification._run_for_partner(
                test.id, upload=upload, filename=filename, who=desk.who, broken=doing == "break"
            )
    except TradeError as error:
        said = words.of_code(step.env, error.code, error.params, error.exception_class)
        return page(desk, step, f"{said.text} {said.remedy}".strip(), "warning", 409, test)
    told, tone = _told(step.env, row, doing)
    return page(desk, step, told, tone, tried=test)


def _place(row):
    """The place of a certification on the page."""
    pair = (row["document_type"], row["about"])
    return COURSE.index(pair) if pair in COURSE else len(COURSE)


def _told(env, row, doing):
    """What came of it and what to do next.

    :return: ``(text, tone)``
    """
    _ = env._
    if row["state"] == "passed":
        return _("Passed."), "success"
    if row["state"] == "failed":
        return _("Not passed yet. Correct what is marked below, then try again."), "danger"
    if doing == "upload":
        return _("We have it. This test goes on: read what it asks for."), "info"
    if row["sends"]:
        return _("Our test order is on its way to you. Do with it what this test asks for."), "info"
    return _("It has begun. Send your document now."), "info"


def _said(env, finding):
    """A finding in the reader's language, and in words for partners where it is worded for our people; those
    of old tries have only their text."""
    if not finding.get("code") or finding.get("params") is None:
        return finding
    if not (cause := finding.get("cause")):
        said = words.of_code(env, finding["code"], finding["params"])
        return {**finding, "text": said.text, "remedy": said.remedy}
    text, remedy = map(env["trade.portal.link"]._words, CAUSES.get(cause, OURS))
    told = cause != "deviation" and spoken.to_partner(env, finding["code"], finding["params"])
    if told:
        text = told.message
    return {**finding, "text": text, "remedy": "" if finding["level"] == "ok" else remedy}


def _numbered(records, text):
    """The one with this number among ``records``; none for whatever else a form says."""
    number = int(text) if str(text or "").isdecimal() and len(text) < 10 else 0
    return records.filtered(lambda one: one.id == number)
