from odoo import fields, models

from odoo.addons.trade_core.models import trade_connector

from ..cxml_calls import SecretInDocument, SendCxml

CXML = "cxml"
trade_connector.KINDS[CXML] = ("cxml_secret",)


class TradeConnector(models.Model):
    _inherit = "trade.connector"

    auth_method = fields.Selection(
        selection_add=[(CXML, "Shared secret in the document (cXML)")], ondelete={CXML: "set default"}
    )

    def _trade_send(self, message):
        call = super()._trade_send(message)
        return SendCxml(*call) if self.transport == "rest" and message.codec == CXML else call

    def _rest_auth(self, call_id):
        if self.auth_method != CXML:
            return super()._rest_auth(call_id)
        return SecretInDocument(self._needed_credential()._secrets()[0])


class TradeCredential(models.Model):
    _inherit = "trade.credential"

    kind = fields.Selection(
        selection_add=[("cxml_secret", "cXML shared secret")], ondelete={"cxml_secret": "cascade"}
    )
