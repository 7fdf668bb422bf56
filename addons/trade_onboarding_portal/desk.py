"""The partner's pages of a case, whichever way they are reached: by a link, logged in, or as a preview."""

import hashlib
import logging

from odoo.http import content_disposition, request

from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_kernel.errors import TradeError
from odoo.addons.trade_onboarding.forms import Finding

from . import bench, checklist, entries, uploads

_logger = logging.getLogger(__name__)
_AUTOCOMPLETE = {
    "name": "organization",
    "street": "address-line1",
    "street2": "address-line2",
    "zip": "postal-code",
    "city": "address-level2",
    "country": "country",
    "phone": "tel",
    "email": "email",
    "website": "url",
}


class Desk:
    """Where the partner works on its case.

    :ivar case: as superuser, in the reader's language
    :ivar url: of the checklist; its pages are below
    :ivar render: template, values → response, within the frame of this way
    :ivar who: the person and the address it comes from, as the case's history keeps it
    :ivar read_only: why nothing may be changed, in words; empty: the reader may
    :ivar use: called before anything is changed; refuses by raising
    """

    def __init__(self, case, url, render, who="", read_only="", use=None):
        self.case, self.url, self.render = case, url, render
        self.who, self.read_only = who, read_only
        self.use = use or (lambda: None)

    # -- the checklist -------------------------------------------------------------------------

    def checklist(self, notice=None, notice_tone="success", status=200, **values):
        """The checklist, what to do first."""
        case = self.case
        rows = checklist.rows(case, self.url)
        response = self.render(
            "trade_onboarding_portal.checklist",
            case=case,
            cards=[] if self._paused() else checklist.cards(case, self.url),
            rows=rows,
            done=sum(row.tone == "done" for row in rows),
            url=self.url,
            paused=self._paused(),
            notice=notice,
            notice_tone=notice_tone,
            **values,
        )
        response.status_code = status
        return response

    def done(self, number):
        """The checklist, after a step was sent."""
        step = self._step(number)
        if not step or self._may_fill(step):
            return self.checklist()
        if step.state == "done":
            return self.checklist(self._("Thank you. “%s” is done.", step.name))
        return self.checklist(self._("Thank you. We look at “%s” and come back to you.", step.name))

    # -- a step --------------------------------------------------------------------------------

    def step(self, number, form=None):
        """A step: its form, or what was sent.

        :param dict form: what was sent; None: the page is only looked at
        """
        step = self._step(number)
        if not step:
            return self._nothing()
        if form is None:
            return bench.page(self, step) if step.kind == bench.KIND else self._form_page(step)
        self.use()
        if step.kind == bench.KIND:
            return bench.work(self, step, form)
        if self.read_only:
            return self._form_page(step, notice=self.read_only, notice_tone="warning", status=403)
        if not self._may_fill(step):
            return self._overtaken()
        return self._take(step, form)

    def save(self, number, form):
        """What was entered so far, field by field; answered as data for the page's script."""
        step = self._step(number)
        if step:
            self.use()
        if not step or self.read_only or not self._may_fill(step):
            words = self._("Not saved: this step was finished or taken up meanwhile. Load the page again.")
            return request.make_json_response({"saved": False, "reload": True, "text": words}, status=409)
        sent, problems = self._keep(step, form)
        files = {
            row["name"]: row["words"] for row in step._form_rows(for_partner=True) if row["type"] == "file"
        }
        return request.make_json_response(
            {
                "saved": not problems,
                "problems": {finding.field: _words(finding) for finding in problems},
                "kept": [name for name in sent.texts if name not in {one.field for one in problems}],
                "files": files,
                "text": self._("Saved"),
            }
        )

    def file(self, number, name):
        """A file the partner uploaded, by the field it stands in."""
        step = self._step(number)
        known = {field.name for field in entries.fields_of(step) if field.type == "file"} if step else set()
        value = step._values().get(name) if name in known else None
        file = step.file_ids.filtered(lambda one: one.id == value) if value else None
        if not file:
            return self._nothing()
        return _download(file.name, file.raw, file.mimetype)

    def contract(self, number):
        """The document a step asks to accept."""
        step = self._step(number)
        document = self._document(step) if step else None
        if not document:
            return self._nothing()
        name, content = document
        kind = uploads.sniff(content)
        return _download(name or "document", content, kind.mimetype if kind else "application/octet-stream")

    # -- taking what was sent ------------------------------------------------------------------

    def _take(self, step, form):
        sent, problems = self._keep(step, form)
        if problems:
            return self._form_page(step, problems=problems, texts=sent.texts, status=422)
        if sent.overtaken:
            labels = ", ".join(sent.overtaken)
            words = self._(
                "Changed in another window meanwhile: %s. Look at it once more, then send.", labels
            )
            return self._form_page(step, notice=words, notice_tone="warning", status=409)
        if form.get("do") == "keep":
            return self._form_page(step, notice=self._("Saved. You can go on at any time."))
        if self._document(step) and form.get("document") != self._digest(step):
            words = self._("The document was replaced meanwhile. Please read the new one, then accept it.")
            return self._form_page(step, notice=words, notice_tone="warning", status=409)
        return self._send(step)

    def _keep(self, step, form):
        """Keep what was entered and uploaded.

        :return: what was sent, and problems as a list of :class:`Finding`
        """
        sent = entries.read(step, form)
        problems = [*sent.problems, *step._save(sent.values, for_partner=True)]
        touched = set(sent.values)
        for field in entries.fields_of(step):
            upload = form.get(field.name) if field.type == "file" else None
            if getattr(upload, "filename", None):
                touched.add(field.name)
                problems += self._attach(step, field, upload)
        left = [one for one in step.findings or [] if one["field"] not in touched]
        if left != (step.findings or []):
            step.findings = left  # what was said of an entry does not hold for the next one
        return sent, problems

    def _attach(self, step, field, upload):
        if len(step.file_ids) >= uploads.MOST_FILES:
            words = self._(
                "There are %s files already. Ask your contact person to take more.", uploads.MOST_FILES
            )
            return [Finding("error", words, field.name)]
        content = upload.stream.read(uploads.max_bytes(step.env) + 1)
        try:
            name, mimetype = uploads.check(step.env, upload.filename, content)
        except uploads.UploadRefused as refused:
            return [Finding("error", str(refused), field.name)]
        step._attach(field.name, name, content, mimetype, for_partner=True)
        return []

    def _send(self, step):
        try:
            with request.env.cr.savepoint():
                findings = step._submit({}, who=self.who)
        except TradeError:
            _logger.info("step %s of onboarding was not taken from the partner", step.id, exc_info=True)
            return self._overtaken()
        if any(finding.level == "error" for finding in findings):
            return self._form_page(step, status=422)
        return request.redirect(f"{self.url}?done={step.id}", code=303)

    # -- pages ---------------------------------------------------------------------------------

    def _form_page(self, step, problems=(), texts=None, status=200, **values):
        editable = self.may_work(step)
        rows, general = self._rows(step, problems, texts or {}, editable)
        response = self.render(
            "trade_onboarding_portal.step",
            step=step,
            rows=rows,
            general=general,
            editable=editable,
            due=checklist.due(step) if self._may_fill(step) else "",
            sent_back=checklist.sent_back(step),
            contract=step.kind == "contract",
            document=self._digest(step),
            url=self.url,
            accept=uploads.ACCEPT,
            longest=entries.LONGEST,
            longest_line=entries.LONGEST_LINE,
            words=self._script_words(),
            max_mb=f"{uploads.max_bytes(step.env) / 1_000_000:g}",
            **values,
        )
        response.status_code = status
        return response

    def _script_words(self):
        return {
            "saving": self._("Saving…"),
            "saved": self._("Saved"),
            "failed": self._("Not saved. Check your connection; we try again with your next change."),
        }

    def _rows(self, step, problems, texts, editable):
        """The form as the page shows it, and what is wrong as a whole."""
        known = {field.name: field for field in entries.fields_of(step)}
        # Warnings and evidence are for us: they may speak of others.
        kept = [Finding(**one) for one in step.findings or [] if one["level"] == "error"] if editable else []
        told = {}
        for finding in [*problems, *kept]:
            told.setdefault(finding.field if finding.field in known else None, []).append(_words(finding))
        rows = []
        for row in step._form_rows(for_partner=True):
            now = entries.text_of(known[row["name"]], row["value"])
            rows.append(
                {
                    **row,
                    "id": f"field-{row['name']}",
                    "was": now,
                    "text": texts.get(row["name"], now),
                    "problem": " ".join(told.get(row["name"], ())),
                    "autocomplete": _AUTOCOMPLETE.get(row["name"]) if step.kind == "legal" else None,
                }
            )
        return rows, told.get(None, [])

    def _overtaken(self):
        words = self._(
            "This step cannot be sent any more: it was finished in another window, or we have taken it up."
            " What you see here is how it stands now."
        )
        return self.checklist(words, "warning", 409)

    def _nothing(self):
        return self.checklist(self._("There is no such page. Here is everything there is."), "warning", 404)

    # -- what there is -------------------------------------------------------------------------

    def _(self, text, *args):
        return self.case.env._(text, *args)

    def _step(self, number):
        """The step of this case with this number, when it is one of the partner's; empty for any other."""
        return checklist.their_steps(self.case).filtered(lambda step: step.id == number)

    def _may_fill(self, step):
        return checklist.may_fill(step)

    def may_work(self, step):
        """Whether this reader may do something about the step now."""
        return not self.read_only and bool(self._may_fill(step))

    def _paused(self):
        return self.case.state not in onboarding.ROAD

    def _document(self, step):
        return step._kind()._document(step) if step.kind == "contract" else None

    def _digest(self, step):
        document = self._document(step)
        return hashlib.sha256(document[1]).hexdigest() if document else ""


def _words(finding):
    return f"{finding.text} {finding.remedy}".strip()


def _download(name, content, mimetype):
    """As a file to keep, never as a page of this site."""
    return request.make_response(
        content,
        [
            ("Content-Type", mimetype),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
