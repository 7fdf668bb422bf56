from odoo import models
from odoo.tools import SQL

from ..models.trade_promise import MERGING


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two contacts that are one company have one ledger: entries follow the vendor that is kept."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env.cr.execute(SQL("SELECT set_config(%s, %s, true)", MERGING, "on"))
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.cr.execute(SQL("SELECT set_config(%s, %s, true)", MERGING, "off"))
        return result
