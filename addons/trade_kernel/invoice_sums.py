"""Whether an invoice adds up: every figure it names, to the cent, with the arithmetic in words.

Each sum starts from the figures the document itself says, so that one wrong figure is one finding and not a
chain of them. Taxes may be rounded per document or per line: both are right (EN 16931 leaves it to the
sender). What the document does not say is worked out and not judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .canonical import AllowanceCharge, Amount, Invoice, InvoiceLine, Price, TaxCategory
from .proof import Line, Ratios, number, prove
from .tolerance import as_decimal

#: UNCL 5305 categories no tax is due on: zero, exempt, reverse charge, intra-community, export, outside
UNTAXED = frozenset(("Z", "E", "AE", "K", "G", "O"))
_SHOWN = 4
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure that is not what the others make."""

    what: str
    place: str
    expected: Decimal
    said: Decimal
    words: str

    @property
    def difference(self) -> Decimal:
        """Said minus expected."""
        return self.said - self.expected


@dataclass(frozen=True, slots=True)
class Figures:
    """What an invoice comes to: as it says or, unsaid, as its parts make it.

    :param amounts: net amount of each line by its id, ``None`` where neither price nor amount is told.
    :param tax: ``None`` when it is neither said nor can be worked out.
    """

    amounts: Mapping[str, Decimal | None]
    allowances: Decimal
    charges: Decimal
    net: Decimal
    tax: Decimal | None
    gross: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal


class Invoiced:
    """One invoice or credit note, added up.

    :param ratios: how many of our unit each unit of a line is, by the line's id; only needed where quantity
        and price are in different units.
    :param units: what people call our unit, by the line's id.
    :param decimals: of the document's currency.
    """

    def __init__(
        self,
        invoice: Invoice,
        ratios: Mapping[str, Ratios] | None = None,
        units: Mapping[str, str] | None = None,
        *,
        decimals: int = 2,
    ):
        self.invoice, self.decimals = invoice, decimals
        self._ratios, self._units = ratios or {}, units or {}
        self.currency = invoice.document_currency_code
        self.found: list[Sum] = []
        self.figures = self._figures()

    @property
    def wrong(self) -> tuple[Sum, ...]:
        """All figures that do not add up, in the order of the document."""
        return tuple(self.found)

    def money(self, value: Decimal) -> str:
        """An amount as people write it, with the currency."""
        return f"{_fixed(value, self.decimals)} {self.currency}"

    def round(self, value: Fraction | Decimal) -> Decimal:
        """To the decimals of the currency, halves up."""
        return as_decimal(Fraction(value)).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    # -- from the lines to what is to be paid ----------------------------------------------------

    def _figures(self) -> Figures:
        invoice, total = self.invoice, self.invoice.legal_monetary_total
        said = lambda name: _value(getattr(total, name)) if total else None  # noqa: E731
        amounts = {line.id: self._line(index, line) for index, line in enumerate(invoice.invoice_lines)}
        for index, part in enumerate(invoice.allowance_charge):
            self._share(f"/allowance_charge/{index}", part)
        known = [amount for amount in amounts.values() if amount is not None]
        place = "/legal_monetary_total/"
        lines = self._checked("lines", f"{place}line_extension_amount", known, said("line_extension_amount"))
        off = self._checked(
            "allowances", f"{place}allowance_total_amount", self._parts(False), said("allowance_total_amount")
        )
        on = self._checked(
            "charges", f"{place}charge_total_amount", self._parts(True), said("charge_total_amount")
        )
        net = self._checked(
            "net", f"{place}tax_exclusive_amount", [lines, -off, on], said("tax_exclusive_amount")
        )
        tax = self._tax(amounts)
        prepaid, rounding = said("prepaid_amount") or _ZERO, said("payable_rounding_amount") or _ZERO
        payable = said("payable_amount")
        if tax is None:  # a total that names no tax implies it
            gross = said("tax_inclusive_amount")
            if gross is None:
                gross = net if payable is None else payable + prepaid - rounding
            tax = gross - net if gross is not None else None
        else:
            gross, rounding = self._gross(net, tax, rounding, said("tax_inclusive_amount"))
        payable = self._checked("payable", f"{place}payable_amount", [gross, -prepaid, rounding], payable)
        return Figures(amounts, off, on, net, tax, gross, prepaid, rounding, payable)

    def _gross(self, net, tax, rounding, said) -> tuple[Decimal, Decimal]:
        """The total with tax, and the rounding that is still to come: BII (before EN 16931) has it in the
        total with tax already."""
        place = "/legal_monetary_total/tax_inclusive_amount"
        if said is not None and rounding and said == net + tax + rounding:
            return said, _ZERO
        return self._checked("gross", place, [net, tax], said), rounding

    def _line(self, index: int, line: InvoiceLine) -> Decimal | None:
        for number_, part in enumerate(line.allowance_charge):
            self._share(f"/invoice_lines/{index}/allowance_charge/{number_}", part)
        said = _value(line.line_extension_amount)
        if not (line.quantity and line.price):
            return said
        if said is not None and Fraction(said) == self.round(said):
            said = self.round(said)  # zeros after the cents are no more exact
        off, on = (_sum(_parts(line.allowance_charge, charge)) for charge in (False, True))
        price = Price.model_construct(
            price_amount=Amount.model_construct(
                value=line.price.price_amount.value, currency_id=self.currency
            ),
            base_quantity=line.price.base_quantity,
        )
        amount = Amount.model_construct(value=said or _ZERO, currency_id=self.currency)
        proof = prove(
            Line(line.quantity, price, amount, off, on),
            self._ratios.get(line.id, {}),
            self._units.get(line.id, ""),
            decimals=self.decimals,
        )
        if said is None:
            return None if proof.expected is None else self.round(proof.expected)
        returned = proof.expected is not None and proof.expected == -said  # the amount alone bears the sign
        if proof.holds is False and not returned:
            place = f"/invoice_lines/{index}/line_extension_amount"
            self.found.append(Sum("line", place, proof.expected, said, f"Line {line.id}: {proof.words}"))
        return said

    def _share(self, place: str, part: AllowanceCharge) -> None:
        """An allowance or charge that says of what it is how many percent."""
        percent, base, said = part.multiplier_factor_numeric, _value(part.base_amount), _value(part.amount)
        if percent is None or base is None or said is None:
            return
        exact = Fraction(base) * Fraction(percent) / 100
        if self._differs(exact, said):
            name = part.allowance_charge_reason or ("Charge" if part.charge_indicator else "Allowance")
            words = (
                f"{name}: {number(Fraction(percent))} % of {self.money(base)}"
                f" = {self.money(self.round(exact))},"
                f" the document says {self.money(said)}"
            )
            self.found.append(Sum("share", f"{place}/amount", self.round(exact), said, words))

    def _parts(self, charge: bool) -> list[Decimal]:
        return _parts(self.invoice.allowance_charge, charge)

    def _checked(self, what: str, place: str, parts: Sequence[Decimal], said: Decimal | None) -> Decimal:
        expected = _sum(parts)
        if said is None:
            return expected
        if self._differs(Fraction(expected), said):
            adding = f"{self._adding(parts)} = " if len([part for part in parts if part]) > 1 else ""
            words = f"{_PARTS[what]} {adding}{self.money(expected)}, {_CALLED[what]} {self.money(said)}"
            self.found.append(Sum(what, place, expected, said, words))
        return said

    def _adding(self, parts: Sequence[Decimal]) -> str:
        parts = [part for part in parts if part] or [_ZERO]
        if len(parts) > _SHOWN:
            return f"{len(parts)} amounts together"
        first, *others = parts
        text = _fixed(first, self.decimals)
        for part in others:
            text += f" {'−' if part < 0 else '+'} {_fixed(abs(part), self.decimals)}"
        return text

    def _differs(self, exact: Fraction, said: Decimal) -> bool:
        places = max(self.decimals, -said.normalize().as_tuple().exponent)
        return abs(exact - Fraction(said)) > Fraction(1, 2 * 10**places)

    # -- taxes ------------------------------------------------------------------------------------

    def _tax(self, amounts: Mapping[str, Decimal | None]) -> Decimal | None:
        """The taxes of the document in its own currency."""
        invoice = self.invoice
        for index, total in enumerate(invoice.tax_total):
            if total.tax_amount and total.tax_amount.currency_id != self.currency:
                continue
            taxes = []
            for number_, subtotal in enumerate(total.tax_subtotal):
                place = f"/tax_total/{index}/tax_subtotal/{number_}"
                self._base(place, subtotal, amounts)
                taxes.append(self._subtotal(place, subtotal, amounts))
            said = _value(total.tax_amount)
            if total.tax_subtotal and None not in taxes:
                return self._checked("tax", f"/tax_total/{index}/tax_amount", taxes, said)
            if said is not None:
                return said
        return self._tax_of_lines(amounts)

    def _tax_of_lines(self, amounts: Mapping[str, Decimal | None]) -> Decimal | None:
        """What the rates of lines, allowances and charges make, rounded per rate; ``None`` unless all name
        one."""
        bases: dict[Fraction, Fraction] = {}
        for categories, amount in self._taxed(amounts):
            if not categories:
                return None
            for category in categories:
                rate = _rate(category)
                if rate is None:
                    return None
                bases[rate] = bases.get(rate, Fraction(0)) + Fraction(amount)
        return _sum(self.round(base * rate / 100) for rate, base in bases.items())

    def _subtotal(self, place: str, subtotal, amounts) -> Decimal | None:
        base, said = _value(subtotal.taxable_amount), _value(subtotal.tax_amount)
        rate = _rate(subtotal.tax_category)
        if base is None or rate is None:
            return said
        exact = Fraction(base) * rate / 100
        if said is None:
            return self.round(exact)
        if self._differs(exact, said) and said != self._by_line(subtotal.tax_category, amounts):
            words = (
                f"{number(rate)} % tax of {self.money(base)} = {self.money(self.round(exact))},"
                f" the document says {self.money(said)}"
            )
            self.found.append(Sum("rate", f"{place}/tax_amount", self.round(exact), said, words))
        return said

    def _by_line(self, category: TaxCategory, amounts) -> Decimal:
        """The tax of a category when each line is rounded for itself; where there is one only, lines need not
        say that it is theirs."""
        rate = _rate(category)
        single = sum(len(total.tax_subtotal) for total in self.invoice.tax_total) == 1
        return _sum(
            self.round(Fraction(amount) * rate / 100)
            for categories, amount in self._taxed(amounts)
            if _key(category) in map(_key, categories) or (single and not categories)
        )

    def _base(self, place: str, subtotal, amounts) -> None:
        """Whether the base of a tax is what lines, allowances and charges with that tax come to."""
        said = _value(subtotal.taxable_amount)
        taxed = list(self._taxed(amounts))
        vague = any(not categories or None in map(_rate, categories) for categories, _amount in taxed)
        if said is None or vague:
            return
        wanted = _key(subtotal.tax_category)
        parts = [amount for categories, amount in taxed if wanted in map(_key, categories)]
        expected = _sum(parts)
        if self._differs(Fraction(expected), said):
            name = " ".join(filter(None, (wanted[0], wanted[1] is not None and f"{number(wanted[1])} %")))
            adding = f"{self._adding(parts)} = " if len(parts) > 1 else ""
            adding = f"{adding}{self.money(expected)} is" if parts else "Nothing is"
            words = f"{adding} taxed with {name}, the document says {self.money(said)}"
            self.found.append(Sum("base", f"{place}/taxable_amount", expected, said, words))

    def _taxed(self, amounts) -> Iterable[tuple[tuple[TaxCategory, ...], Decimal]]:
        for line in self.invoice.invoice_lines:
            if amounts[line.id] is not None:
                yield line.tax_category, amounts[line.id]
        for part in self.invoice.allowance_charge:
            if part.amount:
                yield part.tax_category, part.amount.value * (1 if part.charge_indicator else -1)


_PARTS = {
    "lines": "The lines are",
    "allowances": "The allowances are",
    "charges": "The charges are",
    "net": "Without tax it is",
    "tax": "The taxes are",
    "gross": "With tax it is",
    "payable": "To pay is",
}
_CALLED = {
    "lines": "the total of the lines says",
    "allowances": "the total of the allowances says",
    "charges": "the total of the charges says",
    "net": "the total without tax says",
    "tax": "the total of the taxes says",
    "gross": "the total with tax says",
    "payable": "the amount to pay says",
}


def _parts(parts: Iterable[AllowanceCharge], charge: bool) -> list[Decimal]:
    return [part.amount.value for part in parts if part.amount and part.charge_indicator is charge]


def _value(amount: Amount | None) -> Decimal | None:
    return amount.value if amount else None


def _sum(parts: Iterable[Decimal]) -> Decimal:
    return sum(parts, _ZERO)


def _rate(category: TaxCategory) -> Fraction | None:
    if category.percent is not None:
        return Fraction(category.percent)
    return Fraction(0) if category.id in UNTAXED else None


def _key(category: TaxCategory) -> tuple[str, Fraction | None]:
    return category.id or "", _rate(category)


def _fixed(value: Decimal, decimals: int) -> str:
    """With the currency's decimals, or as many as there are when there are more."""
    places = max(decimals, -value.normalize().as_tuple().exponent)
    return f"{value:.{places}f}"
