"""A Peppol supplier over a real SFTP server: UBL that nothing of ours wrote."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from file_road import FileRoad, edi_routes
from lxml import etree
from road import until

import harness
from odoo.addons.trade_kernel.codecs.ubl.check import schema_folder

THEM, US = "4012345000009", "4099999000005"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
POACC = "urn:fdc:peppol.eu:poacc"
NAMES = {"cbc": f"{UBL}CommonBasicComponents-2", "cac": f"{UBL}CommonAggregateComponents-2"}
SSCC = "340123450000000017"

PARTY = (
    '<cac:Party><cbc:EndpointID schemeID="0088">{gln}</cbc:EndpointID><cac:PartyIdentification>'
    '<cbc:ID schemeID="0088">{gln}</cbc:ID></cac:PartyIdentification>{more}</cac:Party>'
)
SELLER, BUYER = PARTY.format(gln=THEM, more=""), PARTY.format(gln=US, more="")
ITEM = (
    "<cac:Item><cbc:Name>Table</cbc:Name><cac:SellersItemIdentification><cbc:ID>TP-1</cbc:ID>"
    "</cac:SellersItemIdentification>{more}</cac:Item>"
)
RESPONSE = (
    f"<cbc:CustomizationID>{POACC}:trns:order_response:3</cbc:CustomizationID>"
    f"<cbc:ProfileID>{POACC}:bis:ordering:3</cbc:ProfileID>"
    "<cbc:ID>{id}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>"
    "<cbc:OrderResponseCode>CA</cbc:OrderResponseCode><cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>"
    "<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
    f"<cac:SellerSupplierParty>{SELLER}</cac:SellerSupplierParty>"
    f"<cac:BuyerCustomerParty>{BUYER}</cac:BuyerCustomerParty>"
    "<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:LineStatusCode>3</cbc:LineStatusCode>"
    '<cbc:Quantity unitCode="C62">10</cbc:Quantity><cac:Delivery><cac:PromisedDeliveryPeriod>'
    "<cbc:StartDate>{day}</cbc:StartDate><cbc:EndDate>{day}</cbc:EndDate></cac:PromisedDeliveryPeriod></cac:Delivery>"
    '<cac:Price><cbc:PriceAmount currencyID="USD">10.00</cbc:PriceAmount></cac:Price>'
    f"{ITEM.format(more='')}</cac:LineItem>"
    "<cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference></cac:OrderLine>"
)
DESPATCH = (
    f"<cbc:CustomizationID>{POACC}:trns:despatch_advice:3</cbc:CustomizationID>"
    f"<cbc:ProfileID>{POACC}:bis:despatch_advice:3</cbc:ProfileID>"
    "<cbc:ID>{id}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>"
    "<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
    f"<cac:DespatchSupplierParty>{SELLER}</cac:DespatchSupplierParty>"
    f"<cac:DeliveryCustomerParty>{BUYER}</cac:DeliveryCustomerParty>"
    "<cac:Shipment><cbc:ID>1</cbc:ID><cac:Consignment><cbc:ID>TRACK-7</cbc:ID>"
    "<cac:CarrierParty><cac:PartyName><cbc:Name>Road Runner</cbc:Name></cac:PartyName></cac:CarrierParty>"
    "</cac:Consignment>"
    '<cac:TransportHandlingUnit><cbc:ID schemeID="SSCC">' + SSCC + "</cbc:ID></cac:TransportHandlingUnit>"
    "</cac:Shipment>"
    '<cac:DespatchLine><cbc:ID>1</cbc:ID><cbc:DeliveredQuantity unitCode="C62">8</cbc:DeliveredQuantity>'
    '<cbc:OutstandingQuantity unitCode="C62">2</cbc:OutstandingQuantity>'
    "<cac:OrderLineReference><cbc:LineID>1</cbc:LineID><cac:OrderReference><cbc:ID>{order}</cbc:ID>"
    f"</cac:OrderReference></cac:OrderLineReference>{ITEM.format(more='')}</cac:DespatchLine>"
)
_TAX = (
    "<cac:{name}><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>"
    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{name}>"
)
_LEGAL = (
    "<cac:PostalAddress><cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>"
    "</cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>Wood Corner</cbc:RegistrationName>"
    "</cac:PartyLegalEntity>"
)
INVOICE = (
    "<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
    "</cbc:CustomizationID><cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>"
    "<cbc:ID>{id}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate><cbc:DueDate>{day}</cbc:DueDate>"
    "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>"
    "<cac:OrderReference><cbc:ID>{order}</cbc:ID></cac:OrderReference>"
    f"<cac:AccountingSupplierParty>{PARTY.format(gln=THEM, more=_LEGAL)}</cac:AccountingSupplierParty>"
    f"<cac:AccountingCustomerParty>{PARTY.format(gln=US, more=_LEGAL)}</cac:AccountingCustomerParty>"
    '<cac:TaxTotal><cbc:TaxAmount currencyID="USD">16.80</cbc:TaxAmount><cac:TaxSubtotal>'
    '<cbc:TaxableAmount currencyID="USD">80.00</cbc:TaxableAmount>'
    f'<cbc:TaxAmount currencyID="USD">16.80</cbc:TaxAmount>{_TAX.format(name="TaxCategory")}'
    "</cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>"
    '<cbc:LineExtensionAmount currencyID="USD">80.00</cbc:LineExtensionAmount>'
    '<cbc:TaxExclusiveAmount currencyID="USD">80.00</cbc:TaxExclusiveAmount>'
    '<cbc:TaxInclusiveAmount currencyID="USD">96.80</cbc:TaxInclusiveAmount>'
    '<cbc:PayableAmount currencyID="USD">96.80</cbc:PayableAmount></cac:LegalMonetaryTotal>'
    '<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">8</cbc:InvoicedQuantity>'
    '<cbc:LineExtensionAmount currencyID="USD">80.00</cbc:LineExtensionAmount>'
    "<cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>"
    f"{ITEM.format(more=_TAX.format(name='ClassifiedTaxCategory'))}"
    '<cac:Price><cbc:PriceAmount currencyID="USD">10.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>'
)
REFUSAL = (
    f"<cbc:CustomizationID>{POACC}:trns:mlr:3</cbc:CustomizationID><cbc:ProfileID>{POACC}:bis:mlr:3</cbc:ProfileID>"
    "<cbc:ID>{id}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>"
    f"<cac:SenderParty>{SELLER[len('<cac:Party>') : -len('</cac:Party>')]}</cac:SenderParty>"
    f"<cac:ReceiverParty>{BUYER[len('<cac:Party>') : -len('</cac:Party>')]}</cac:ReceiverParty>"
    "<cac:DocumentResponse><cac:Response><cbc:ResponseCode>RE</cbc:ResponseCode>"
    "<cbc:Description>Rejected due to validation errors</cbc:Description></cac:Response>"
    "<cac:DocumentReference><cbc:ID>{order}</cbc:ID></cac:DocumentReference>"
    "<cac:LineResponse><cac:LineReference><cbc:LineID>1</cbc:LineID></cac:LineReference><cac:Response>"
    "<cbc:ResponseCode>RE</cbc:ResponseCode><cbc:Description>We do not sell TP-1 any more</cbc:Description>"
    "</cac:Response></cac:LineResponse></cac:DocumentResponse>"
)


class PeppolRoad(FileRoad):
    """A supplier behind an access point: it is known, and knows us, by GLN."""

    identifiers = {"gln": THEM}
    routes = edi_routes(
        "ubl",
        ("order_response", "despatch_advice", "invoice"),
        {
            "ack_expected": "response",
            "codec_options": {"profile": "peppol_ordering"},
        },
        {"codec_options": {"profile": "peppol_mlr"}},
    )

    def _set_up(self):
        super()._set_up()
        [company] = self.admin.find("res.company", [], ["partner_id"])[:1]
        ours = self.admin.create("trade.partner", {"partner_id": company["partner_id"][0]})
        self.admin.create("trade.identifier", {"trade_partner_id": ours, "scheme": "gln", "value": US})

    def files(self, kind):
        """The documents of a kind that lie in the supplier's folder."""
        roots = [etree.parse(path).getroot() for path in sorted((self.root / "in").glob("*.xml"))]
        return [root for root in roots if etree.QName(root).localname == kind]

    def order_file(self, number):
        def look():
            found = [root for root in self.files("Order") if root.findtext("cbc:ID", None, NAMES) == number]
            return found

        why = f"{number} is not in the folder"
        return until(look, lambda: f"{why}: {sorted((self.root / 'in').iterdir())}")[0]

    def sent_order(self):
        order, number = self.confirm_order()
        self.order_file(number)
        [line] = self.admin.find("purchase.order.line", [("order_id", "=", order)], ["trade_asked_date"])
        return order, number, date.fromisoformat(line["trade_asked_date"])

    def hand_over(self, kind, template, **values):
        """The supplier's system writes a document, valid by UBL's schema, and puts it into the folder."""
        raw = document(kind, template, **values)
        schema(kind).assertValid(etree.fromstring(raw))
        self.drop(f"{values['id']}.xml", raw)


def document(kind, template, **values):
    spaces = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    inner = template.format(**{"issued": date.today(), "day": date.today(), **values})
    return f'<?xml version="1.0"?><{kind} xmlns="{UBL}{kind}-2"{spaces}>{inner}</{kind}>'.encode()


def schema(kind):
    return etree.XMLSchema(file=str(schema_folder() / "maindoc" / f"UBL-{kind}-2.1.xsd"))


@pytest.fixture(scope="module")
def road():
    with harness.database("e2e_peppol") as database, harness.Server(database, workers=2) as odoo:
        with PeppolRoad(odoo.wait_for_jobs()) as road:
            yield road


def test_an_order_leaves_as_ubl_and_is_answered_shipped_and_billed(road):
    order, number, asked = road.sent_order()
    sent = road.order_file(number)
    schema("Order").assertValid(sent)
    said = [
        sent.findtext(path, None, NAMES)
        for path in (
            "cbc:CustomizationID",
            "cbc:ProfileID",
            "cac:BuyerCustomerParty/cac:Party/cbc:EndpointID",
            "cac:SellerSupplierParty/cac:Party/cbc:EndpointID",
            "cac:OrderLine/cac:LineItem/cac:Item/cac:SellersItemIdentification/cbc:ID",
        )
    ]
    assert said == [f"{POACC}:trns:order:3", f"{POACC}:bis:ordering:3", US, THEM, "TP-1"]

    day = asked + timedelta(days=1)
    road.hand_over("OrderResponse", RESPONSE, id=f"R-{number}", order=number, day=day)
    road.wait_for_message("order_response", "applied", ("thread", "=", number))
    assert road.promised_day(number) == str(day)

    road.hand_over("DespatchAdvice", DESPATCH, id=f"D-{number}", order=number)
    _message, found = road.wait_for_message("despatch_advice", "applied", ("thread", "=", number))
    [line] = found["despatch_lines"]
    assert line["order_line_reference"]["line_id"] == "1"
    assert Decimal(line["delivered_quantity"]["value"]) == 8
    assert Decimal(line["outstanding_quantity"]["value"]) == 2
    assert line["item"]["sellers_item_identification"]["id"] == "TP-1"
    assert found["shipment"]["carrier_assigned_id"] == "TRACK-7"
    assert [unit["id"] for unit in found["transport_handling_units"]] == [SSCC]

    road.hand_over("Invoice", INVOICE, id=f"I-{number}", order=number)
    message, found = road.wait_for_message("invoice", "held", ("thread", "=", number))
    # It waits for the goods and for the buyer, each with its arithmetic.
    assert "8 Units not received, worth 80.00 USD" in message["state_reason"]
    assert "21 % tax billed, 15 % tax on line 1" in message["state_reason"]
    [line] = found["invoice_lines"]
    net = Decimal(line["quantity"]["value"]) * Decimal(line["price"]["price_amount"]["value"])
    assert net == Decimal(line["line_extension_amount"]["value"]) == 80
    [tax] = found["tax_total"]
    total = net + Decimal(tax["tax_amount"]["value"])
    assert total == Decimal(found["legal_monetary_total"]["payable_amount"]["value"]) == Decimal("96.80")


def test_the_same_document_again_changes_nothing(road):
    order, number, asked = road.sent_order()
    raw = document("OrderResponse", RESPONSE, id=f"R-{number}", order=number, day=asked + timedelta(days=1))
    road.drop(f"first-{number}.xml", raw)
    road.wait_for_message("order_response", "applied", ("thread", "=", number))
    before = road.admin.read("purchase.order", order, ["write_date"])
    road.drop(f"second-{number}.xml", raw)
    until(
        lambda: (
            [one["state"] for one in road.messages("order_response", ("thread", "=", number))]
            == ["applied", "ignored"]
        ),
        lambda: road.messages("order_response", ("thread", "=", number)),
    )
    assert road.admin.read("purchase.order", order, ["write_date"]) == before


def test_what_is_wrong_in_a_document_is_told_to_its_sender(road):
    _order, number, _asked = road.sent_order()
    road.drop(
        f"W-{number}.xml", document("OrderResponse", RESPONSE, id=f"W-{number}", order=number, day="soon")
    )
    [told] = until(lambda: road.files("ApplicationResponse"), lambda: str(road.messages("order_response")))
    schema("ApplicationResponse").assertValid(told)
    response = told.find("cac:DocumentResponse", NAMES)
    assert response.findtext("cac:Response/cbc:ResponseCode", None, NAMES) == "RE"
    assert response.findtext("cac:DocumentReference/cbc:ID", None, NAMES) == f"W-{number}"
    assert "soon" in "".join(response.itertext())
    assert told.findtext("cac:ReceiverParty/cbc:EndpointID", None, NAMES) == THEM


def test_an_order_they_refuse_is_opened_again_with_their_reason_at_our_line(road):
    order, number, _asked = road.sent_order()
    road.hand_over("ApplicationResponse", REFUSAL, id=f"A-{number}", order=number)
    message = until(
        lambda: (found := road.order_message(order))["state"] == "held" and found,
        lambda: f"{road.order_message(order)}, {road.messages('acknowledgement')}",
    )
    reason = road.message(message["id"])["state_reason"]
    assert f"Wood Corner refused {number}" in reason and "We do not sell TP-1 any more" in reason
