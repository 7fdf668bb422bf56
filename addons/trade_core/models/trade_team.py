from odoo import api, fields, models


class TradeTeam(models.Model):
    """People who look after problems together; its leader is told when the clock runs out."""

    _name = "trade.team"
    _description = "Trading Team"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", "Our company", index=True, help="Empty: for all companies.")
    leader_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="Gets an activity when a problem of the team is not solved in time.",
    )
    member_ids = fields.Many2many("res.users", string="Members", domain="[('share', '=', False)]")
    assignment = fields.Selection(
        [
            ("responsible", "Whoever is responsible for the partner"),
            ("balanced", "The member with the fewest open problems"),
            ("none", "Nobody: members take problems themselves"),
        ],
        "New problems go to",
        required=True,
        default="responsible",
    )
    open_count = fields.Integer("Open problems", compute="_compute_open_count")

    def _compute_open_count(self):
        counts = dict(
            self.env["trade.exception"]._read_group(
                [("team_id", "in", self.ids), ("is_open", "=", True)], ["team_id"], ["__count"]
            )
        )
        for team in self:
            team.open_count = counts.get(team, 0)

    def action_open_problems(self):
        """The open problems of this team."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("trade_core.trade_exception_action")
        return {**action, "context": {"search_default_todo": 1, "search_default_team_id": self.id}}

    @api.model
    def _owner(self, team, trade_partner, company):
        """Who gets a new problem; empty when nobody fits.

        :param team: may be empty: then whoever is responsible for the partner
        """
        if team.assignment == "none":
            return self.env["res.users"]
        if team.assignment == "balanced":
            members = team.member_ids.filtered(lambda user: self._can_own(user, company))
            load = dict(
                self.env["trade.exception"]._read_group(
                    [("user_id", "in", members.ids), ("is_open", "=", True)], ["user_id"], ["__count"]
                )
            )
            return min(members, key=lambda user: (load.get(user, 0), user.id), default=members)
        responsible = trade_partner.user_id
        return responsible if self._can_own(responsible, company) else self.env["res.users"]

    @api.model
    def _can_own(self, user, company):
        """Whether this person may see and solve a problem of the company; the system's own user never may."""
        return bool(
            user
            and user.active
            and user.id != self.env.ref("base.user_root").id
            and company in user.company_ids
            and user.has_group("trade_core.group_trade_user")
        )
