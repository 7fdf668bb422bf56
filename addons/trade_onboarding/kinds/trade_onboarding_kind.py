from odoo import api, models

from ..forms import Field, Finding

_PREFIX = "trade.onboarding.kind."
_MOST_CHOICES = 500


class TradeOnboardingKind(models.AbstractModel):
    """The contract of a kind of step: ``trade.onboarding.kind.<kind>``, one file each.

    A kind keeps nothing; everything about a step stands in the step: ``data`` is what was entered, by the
    names of :meth:`_form`. Nothing it collects is in Odoo before the case reaches ``_applies_at``; what it
    puts there goes through ``trade.onboarding.effect`` so that it can be taken back.
    """

    _name = "trade.onboarding.kind"
    _description = "Kind of Onboarding Step"

    _label = None  # what people call the kind; translated by _words
    _actor = "us"  # who usually does it
    _gate = "profiled"  # the state it is usually needed for
    _applies_at = None  # the state of the case in which _apply is called; None: it has no effect
    _sensitive = False  # what the partner enters is always confirmed by one of us

    @api.model
    def _of(self, kind):
        return self.env[f"{_PREFIX}{kind or 'task'}"]

    @api.model
    def _selection(self):
        kinds = [name for name in self.env.registry if name.startswith(_PREFIX)]
        return sorted(
            ((name.removeprefix(_PREFIX), self.env[name]._description) for name in kinds),
            key=lambda kind: kind[1],
        )

    @api.model
    def _form(self, step):
        """:return: list of :class:`~..forms.Field`, in the order in which they are shown"""
        return []

    @api.model
    def _record_field(self, name, label, model, domain=(), **more):
        """A field whose choices are records; ``many=True`` for several of them."""
        kind = "many" if more.pop("many", False) else "selection"
        records = self.env[model].sudo().search(list(domain), limit=_MOST_CHOICES)
        choices = tuple((str(record.id), record.display_name) for record in records)
        return Field(name, label, kind, choices=choices, ours=True, **more)

    @api.model
    def _prefill(self, step):
        """What we know when the turn of the step comes, by field name; what was entered before stays."""
        return {}

    @api.model
    def _complete(self, step):
        """:return: an error :class:`~..forms.Finding` for each required field that is empty"""
        data = step._values()
        return [
            Finding("error", self.env._("%s is missing.", field.label), field.name)
            for field in self._form(step)
            if field.required and _is_empty(data.get(field.name))
        ]

    @api.model
    def _check(self, step):
        """Whether what was entered is right; calls nobody outside.

        :return: list of :class:`~..forms.Finding`: errors with their remedy, warnings, evidence
        """
        return []

    @api.model
    def _needs_review(self, step):
        """Whether one of us confirms what the partner entered."""
        return self._sensitive

    @api.model
    def _check_confirm(self, step):
        """Whether this user may say that the step is done; the step's own right is checked here.

        :raise BusinessRefused: not this one, and who may
        """
        if step.group_id:
            step._check_right()

    @api.model
    def _check_waive(self, step):
        """Whether the case can do without the step; the right is checked before.

        :raise BusinessRefused: it cannot, and why
        """

    @api.model
    def _run(self, step):
        """The work of an automatic step: check what is there and settle the step, or fail it.

        :raise TradeError: it fails with that reason
        """
        findings = [*self._complete(step), *self._check(step)]
        errors = [finding for finding in findings if finding.level == "error"]
        if errors:
            step.findings = [finding.as_dict() for finding in findings]
            step._fail(" ".join(f"{finding.text} {finding.remedy}".strip() for finding in errors))
        else:
            step._settle(findings)

    @api.model
    def _outdated(self, step, new):
        """Whether a step that is done has to be done again before its case may become ``new``.

        :return: why, in words; ``None``: it holds
        """
        return None

    @api.model
    def _apply(self, step):
        """Put into Odoo what the step collected. Runs in a savepoint; may be called again after it failed.

        :raise TradeError | UserError: it cannot be done; what other steps had set up in this move is taken
            back
        """


def _is_empty(value):
    """Zero is an answer."""
    return value is None or value is False or value == ""
