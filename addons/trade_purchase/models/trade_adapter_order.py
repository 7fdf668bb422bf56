from datetime import UTC

from odoo import models
from odoo.tools import html2plaintext

from odoo.addons.trade_core import parties
from odoo.addons.trade_core.tools import decimal
from odoo.addons.trade_kernel.canonical import (
    Amount,
    Contact,
    Delivery,
    DeliveryTerms,
    DocumentReference,
    Identifier,
    Item,
    Location,
    MonetaryTotal,
    Order,
    OrderLine,
    Party,
    PaymentTerms,
    Period,
    Price,
    Quantity,
    canonical_digest,
)
from odoo.addons.trade_kernel.errors import BusinessRefused, MappingMissing, TradeErrors
from odoo.addons.trade_kernel.identifiers import GTIN, normal_gtin

from ..tools import local_day, local_time, net_price

_ORDER = "220"  # UNTDID 1001


class TradeAdapterOutOrder(models.AbstractModel):
    """A purchase order as the supplier gets it."""

    _name = "trade.adapter.out.order"
    _inherit = ["trade.adapter"]
    _description = "Purchase Order, to the Supplier"

    def _collect(self, message, record):
        """See :meth:`trade.adapter._collect`. What is collected is what the supplier is asked from now on."""
        order = record.with_company(record.company_id)
        if order.state != "purchase":
            state = dict(order._fields["state"]._description_selection(self.env))[order.state]
            raise BusinessRefused("order.not_confirmed", order=order.name, state=state, subject=order.name)
        self._collect_lines(message, order)._trade_note_asked(message)
        order._trade_note_terms()
        return self._document(message, order)

    def _collect_lines(self, message, order):
        """The lines the supplier is asked for.

        :raise BusinessRefused: there are none
        """
        lines = order.order_line._trade_sendable()
        if not lines:
            raise BusinessRefused("order.nothing_to_send", order=order.name, subject=order.name)
        return lines

    def _digest(self, message, order):
        """The digest of what the message would say if it were collected now."""
        order.order_line._trade_sendable()._trade_number()
        return canonical_digest(self._document(message, order.with_company(order.company_id)))

    def _document(self, message, order):
        return Order(**self._values(message, order))

    def _values(self, message, order):
        """The fields of the document."""
        lines = order.order_line._trade_sendable()
        profile = message.trade_partner_id
        resolver = self.env["trade.mapping"]._resolver(profile, order.company_id)
        resolver.prefetch_codes("product", lines.product_id, scheme="seller")
        resolver.prefetch_codes("uom", lines.product_uom_id)
        said = message.trade_said or {}
        issued = message.received_at.replace(tzinfo=UTC)
        return {
            "id": order.name,
            "sequence_number": message.revision,
            "issue_date": issued.date(),
            "issue_time": issued.timetz(),
            "note": self._notes(order, said),
            "order_type_code": _ORDER,
            "document_currency_code": order.currency_id.name,
            "buyer_customer_party": self._buyer(order, profile),
            "seller_supplier_party": self._seller(order, profile),
            "contract": self._contract(order),
            "delivery": self._delivery(order, resolver),
            "delivery_terms": self._delivery_terms(order),
            "payment_terms": self._payment_terms(order, resolver),
            "anticipated_monetary_total": self._totals(order),
            "order_lines": self._lines(lines, resolver, said.get("line_notes") or {}),
        }

    # -- header ----------------------------------------------------------------------------------

    def _notes(self, order, said):
        terms = html2plaintext(order.note or "").strip()
        written = [line.name for line in order.order_line if line.display_type == "line_note"]
        return tuple(text for text in [*said.get("notes", ()), *written, terms] if text and text.strip())

    def _buyer(self, order, profile):
        company = order.company_id.partner_id
        ours = self.env["trade.partner"].sudo()._for_partner(company, order.company_id)
        given = profile.identifier_ids.filtered(lambda identifier: identifier.scheme == "theirs")
        return self._party(company, ours.identifier_ids, given, self._contact(order))

    def _seller(self, order, profile):
        given = profile.identifier_ids.filtered(lambda identifier: identifier.scheme == "own")
        return self._party(order.partner_id, profile.identifier_ids, given)

    def _contact(self, order):
        buyer = order.user_id
        if not buyer:
            return None
        return Contact(name=buyer.name, telephone=buyer.phone or None, electronic_mail=buyer.email or None)

    def _party(self, partner, identifiers, given, contact=None):
        return parties.party(partner, identifiers, given, contact)

    def _address(self, partner):
        return parties.address(partner)

    def _contract(self, order):
        """The blanket order the order draws on, where Odoo's purchase agreements are installed."""
        agreement = order._trade_agreement()
        return DocumentReference(id=agreement.reference or agreement.name) if agreement else None

    def _delivery(self, order, resolver):
        """Where the goods go: to the drop-ship address, else to our own."""
        place = self._delivery_partner(order)
        location = Location(
            id=self._delivery_code(order, resolver),
            name=place.display_name,
            address=self._address(place),
        )
        party = None
        if order.dest_address_id:
            party = Party(
                party_name=place.name or place.display_name,
                postal_address=self._address(place),
                contact=Contact(name=place.name or None, telephone=place.phone or None),
            )
        return Delivery(delivery_location=location, delivery_party=party)

    def _delivery_partner(self, order):
        """The contact whose address the goods go to."""
        return order.dest_address_id or order.company_id.partner_id

    def _delivery_code(self, order, resolver):
        """The partner's code of the place, when there is one."""
        return None

    def _delivery_terms(self, order):
        incoterm = order.incoterm_id
        return DeliveryTerms(id=incoterm.code, special_terms=incoterm.name or None) if incoterm else None

    def _payment_terms(self, order, resolver):
        term = order.payment_term_id
        if not term:
            return None
        code = resolver.code_of("payment_term", term)
        return PaymentTerms(id=code, note=(html2plaintext(term.note or "").strip() or term.name,))

    def _totals(self, order):
        currency = order.currency_id
        return MonetaryTotal(
            line_extension_amount=self._amount(order.amount_untaxed, currency),
            tax_exclusive_amount=self._amount(order.amount_untaxed, currency),
            tax_inclusive_amount=self._amount(order.amount_total, currency),
            payable_amount=self._amount(order.amount_total, currency),
        )

    def _amount(self, value, currency):
        return Amount(value=decimal(value, currency.decimal_places), currency_id=currency.name)

    # -- lines -----------------------------------------------------------------------------------

    def _lines(self, lines, resolver, notes):
        """All lines, or everything that is missing on any of them.

        :raise TradeErrors:
        """
        found, errors = [], []
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        for index, line in enumerate(lines):
            try:
                found.append(self._line(line, resolver, digits, notes, f"/order_lines/{index}"))
            except (BusinessRefused, MappingMissing) as error:
                errors.append(error)
        if errors:
            raise errors[0] if len(errors) == 1 else TradeErrors(errors)
        return tuple(found)

    def _line(self, line, resolver, digits, notes, place):
        order, currency = line.order_id, line.order_id.currency_id
        if line.product_qty < 0:
            raise BusinessRefused(
                "order.negative_line",
                order=order.name,
                line=line.trade_line_ref,
                quantity=decimal(line.product_qty, digits),
                unit=line.product_uom_id.name,
                pointer=f"{place}/quantity",
                subject=order.name,
            )
        unit = self._unit_code(line, resolver, place)
        note = notes.get(line.trade_line_ref)
        return OrderLine(
            id=line.trade_line_ref,
            note=(note,) if note else (),
            quantity=Quantity(value=decimal(line.product_qty, digits), unit_code=unit),
            price=Price(price_amount=Amount(value=net_price(line), currency_id=currency.name)),
            line_extension_amount=self._amount(line.price_subtotal, currency),
            requested_delivery_period=self._period(line),
            item=self._item(line, resolver, place),
        )

    def _unit_code(self, line, resolver, place):
        """
        :raise MappingMissing: ``unit.no_code``
        """
        return resolver.unit_code(line.product_uom_id, pointer=f"{place}/quantity/unit_code")

    def _period(self, line):
        """The day the buyer sees, with the instant and its offset (ARCHITECTURE rule 11)."""
        wanted = local_time(line.order_id, line.date_planned)
        return Period(end_date=local_day(line.order_id, line.date_planned), end_time=wanted.timetz())

    def _item(self, line, resolver, place):
        product = line.product_id.with_context(lang=line.order_id.partner_id.lang or self.env.lang)
        seller = resolver.code_of("product", product, scheme="seller")
        barcode = product.barcode if normal_gtin(product.barcode or "") else None
        if not (seller or barcode or product.default_code):
            raise MappingMissing(
                "item.no_code",
                product=product.display_name,
                partner=line.order_id.partner_id.commercial_partner_id.name,
                pointer=f"{place}/item",
                subject=f"product.product:{product.id}",
            )
        description = (line.name or "").strip()
        return Item(
            name=product.name,
            description=description if description not in ("", product.name, product.display_name) else None,
            sellers_item_identification=Identifier(id=seller) if seller else None,
            buyers_item_identification=Identifier(id=product.default_code) if product.default_code else None,
            standard_item_identification=Identifier(id=barcode, scheme_id=GTIN) if barcode else None,
        )
