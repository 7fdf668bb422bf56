import json
import sys

from odoo import api, fields, models

from odoo.addons.trade_kernel import events as catalogue

from .. import event_document


class TradeEventType(models.Model):
    """What there is to hear of: a row for each type an installed addon registered, kept in step with the code
    so that people and subscriptions can choose from it."""

    _name = "trade.event.type"
    _description = "Type of Event"
    _order = "res_model, name"
    _rec_name = "title"
    _rec_names_search = ["title", "name"]

    name = fields.Char("Type", required=True, readonly=True)
    title = fields.Char(required=True, readonly=True)
    summary = fields.Text("When", required=True, readonly=True)
    scope = fields.Char(required=True, readonly=True, help="What an API client needs to read it.")
    audience = fields.Selection(
        [
            ("partner", "The partner it concerns"),
            ("everyone", "Every partner"),
            ("internal", "Our own systems"),
        ],
        "Who may hear of it",
        required=True,
        readonly=True,
        help="Our own systems may hear of everything.",
    )
    on_demand = fields.Boolean(
        "On demand", readonly=True, help="Happens very often, so it is only written while somebody listens."
    )
    schema = fields.Json("Data (JSON Schema)", readonly=True)
    example = fields.Json(compute="_compute_example")
    description = fields.Html("Its data", compute="_compute_description", sanitize=False)
    res_model = fields.Char("Record type", required=True, readonly=True)
    about = fields.Char(compute="_compute_about")
    module = fields.Char("Comes with", required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True)
    subscription_ids = fields.Many2many("trade.subscription", string="Subscriptions", readonly=True)

    _unique_name = models.UniqueIndex("(name)")

    @api.depends("res_model")
    def _compute_about(self):
        for kind in self:
            known = kind.res_model in self.env
            kind.about = self.env[kind.res_model]._description if known else kind.res_model

    @api.depends("schema")
    def _compute_example(self):
        for kind in self:
            kind.example = event_document.cloud_event(kind.name, kind.res_model, kind.schema or {})

    @api.depends("schema")
    def _compute_description(self):
        head = (self.env._("Field"), self.env._("Is a"), self.env._("Always"), self.env._("Meaning"))
        for kind in self:
            kind.description = event_document.as_table(kind.schema or {}, head)

    @api.model
    def _document(self):
        """The catalogue as Markdown: for each type what it says, when, to whom, its fields and an example."""
        audiences = dict(self._fields["audience"]._description_selection(self.env))
        often = self.env._("It happens very often and is written only while somebody listens.")
        parts = []
        for kind in self.sudo().search_fetch([], ["name", "audience", "scope"]):
            who = self.env._(
                "Who may hear of it: %(audience)s. Scope: `%(scope)s`.",
                audience=audiences[kind.audience].lower(),
                scope=kind.scope,
            )
            parts += [
                f"## {kind.title}",
                f"`{kind.name}`",
                f"{kind.summary} {often}" if kind.on_demand else kind.summary,
                who,
                event_document.as_markdown(kind.schema or {}),
                "```json\n" + json.dumps(kind.example, indent=2, ensure_ascii=False) + "\n```",
            ]
        return "\n\n".join(parts) + "\n"

    @api.model
    def _sync(self):
        """Bring the rows in step with what the addons registered. Each addon that registers types calls it
        from its data."""
        Module = self.env["ir.module.module"].sudo()
        installed = set(
            Module.search([("state", "in", ("installed", "to install", "to upgrade"))]).mapped("name")
        )
        known = {kind.name: kind for kind in self.with_context(active_test=False).search([])}
        wanted = {kind.name: self._prepare_type(kind) for kind in catalogue.available()}
        wanted = {name: vals for name, vals in wanted.items() if vals["module"] in installed}
        self.create([vals for name, vals in wanted.items() if name not in known])
        for name, kind in known.items():
            vals = wanted.get(name)
            if vals is None:
                # Of an addon that is not loaded yet nothing is known: it speaks for itself.
                loaded = f"odoo.addons.{kind.module}.events" in sys.modules
                vals = {"active": False} if loaded or kind.module not in installed else {}
            changed = {key: value for key, value in vals.items() if kind[key] != value}
            if changed:
                kind.write(changed)
        self.env.registry.clear_cache()

    @api.model
    def _prepare_type(self, kind):
        return {
            "name": kind.name,
            "title": kind.title,
            "summary": kind.summary,
            "scope": kind.scope,
            "audience": kind.audience,
            "on_demand": kind.on_demand,
            "schema": json.loads(json.dumps(kind.schema())),
            "res_model": kind.model,
            "module": kind.data.__module__.removeprefix("odoo.addons.").partition(".")[0],
            "active": True,
        }
