"""What is to be done about one answer: its lines, what was decided about each, and how that is kept."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from odoo import models

from odoo.addons.trade_kernel.deviation import Action, Assessment, Deviation, LineAssessment

from .tools import PRICE_DECIMALS

HEADER = "header"
_SHOWN = 2
_POLICY = {
    Action.ACCEPT: "accepted",
    Action.NOTIFY: "accepted",
    Action.HOLD: "pending",
    Action.REJECT: "rejected",
}


@dataclass
class LinePlan:
    """One line of an answer, or a line nobody asked for, or what the header contradicts."""

    key: str  # the order line's number, "+" and the answer's line, or HEADER
    line: models.BaseModel  # purchase.order.line, empty when there is none
    assessed: LineAssessment
    product: models.BaseModel | None = None  # the product offered instead or in addition, once known
    named: bool = False  # a person said which product it is; no code said so
    decision: str = "pending"
    row: models.BaseModel | None = None  # the row that carries a person's decision
    digest: str = ""

    def decide(self, row):
        """Take over what the policy says, or what a person decided about exactly this difference."""
        action = self.assessed.action
        self.decision = _POLICY[action]
        if action in (Action.ACCEPT, Action.NOTIFY):
            return
        self.digest = self._digest()
        if row and row.digest == self.digest and row.decided_by_id and row.decision != "pending":
            self.decision, self.row = row.decision, row
            self.named = bool(row.answered_product_id and not self.product)
            self.product = row.answered_product_id or self.product

    def _digest(self):
        asked, answer = self.assessed.asked, self.assessed.answer
        compared = (
            asked and replace(asked, item_ids=frozenset()),
            answer and replace(answer, lines=()),
            self.line.product_id.id,
            [deviation.sentence for deviation in self.assessed.deviations],
        )
        return hashlib.sha256(repr(compared).encode()).hexdigest()

    @property
    def answer(self):
        return self.assessed.answer

    @property
    def says_something(self):
        return self.answer is not None

    @property
    def kind(self):
        return HEADER if self.key == HEADER else self.answer.kind if self.answer else "accepted"

    @property
    def sentences(self):
        return [deviation.sentence for deviation in self.assessed.deviations]

    @property
    def label(self):
        """How people call it."""
        return {HEADER: ""}.get(self.key, f"Line {self.key}: ") if self.line or self.key == HEADER else ""


@dataclass
class Plan:
    """One answer, ready to be decided or applied."""

    order: models.BaseModel
    assessment: Assessment
    lines: list[LinePlan]
    rows: models.BaseModel  # trade.purchase.answer kept of this message before
    created: dict[str, models.BaseModel] = field(default_factory=dict)  # order lines made, by key

    @property
    def receipt_only(self):
        """It says that the order has arrived, nothing else."""
        return not any(line.says_something for line in self.lines)

    @property
    def pending(self):
        return [line for line in self.lines if line.decision == "pending"]

    @property
    def accepted(self):
        return [
            line
            for line in self.lines
            if line.decision == "accepted" and line.key != HEADER and line.says_something
        ]

    @property
    def refused(self):
        return [line for line in self.lines if line.decision in ("rejected", "countered")]

    def settle_header(self):
        """Who refuses what the header says refuses the whole answer."""
        if any(line.key == HEADER and line.decision == "rejected" for line in self.lines):
            for line in self.lines:
                if line.decision != "countered":
                    line.decision = "rejected"

    @property
    def summary(self):
        """The differences a person has to decide, in words."""
        sentences = [line.label + text for line in self.pending for text in _held(line.assessed.deviations)]
        text = " ".join(sentences[:_SHOWN])
        if len(sentences) > _SHOWN:
            text += f" And {len(sentences) - _SHOWN} more."
        return text.removesuffix(".")

    @property
    def remarks(self):
        """What was accepted or refused without asking anybody, but somebody should know."""
        return [
            line.label + deviation.sentence
            for line in self.lines
            if not line.row and line.decision != "pending"
            for deviation in line.assessed.deviations
            if deviation.action in (Action.NOTIFY, Action.REJECT)
        ]


def _held(deviations: tuple[Deviation, ...]):
    return [
        deviation.sentence for deviation in deviations if deviation.action in (Action.HOLD, Action.REJECT)
    ]


@dataclass(frozen=True)
class EndConfirmed:
    """The supplier accepts that the order was cancelled, or only has got it; there is nothing to compare."""

    receipt_only: bool


def header_line(order_lines, assessment):
    """The contradictions between header and lines, as a line of their own."""
    return LinePlan(HEADER, order_lines, LineAssessment(None, None, assessment.header))


# -- what is kept --------------------------------------------------------------------------------


def unit_price(line_plan) -> Decimal | None:
    """The net price of one unit that the answer names or, unsaid, that was asked."""
    answer, asked = line_plan.answer, line_plan.assessed.asked
    if answer.price is not None:
        return round(answer.price / answer.price_base, PRICE_DECIMALS)
    return asked.unit_price if asked else None


def schedule(answer) -> list[dict]:
    """The deliveries of an answer as order lines keep them: ``[{qty, date (ISO day or None), backorder}]``"""
    parts = [(part.quantity, part.latest, False) for part in answer.deliveries]
    if answer.backorder_quantity:
        parts.append((answer.backorder_quantity, answer.backorder_date, True))
    return [
        {"qty": float(quantity), "date": day.isoformat() if day else None, "backorder": later}
        for quantity, day, later in parts
    ]


def complete_on(answer) -> date | None:
    """The day the last delivery comes."""
    return max(filter(None, (answer.date, answer.backorder_date)), default=None)


def answer_rows(message, plan):
    """Values of the rows that keep one answer: one per line and delivery."""
    common = {
        "message_id": message.id,
        "order_id": plan.order.id,
        "company_id": plan.order.company_id.id,
        "currency_id": plan.order.currency_id.id,
    }
    rows = []
    for sequence, line_plan in enumerate(sorted(plan.lines, key=lambda one: one.key != HEADER)):
        if line_plan.key != HEADER and not line_plan.says_something:
            continue
        first, *others = _deliveries(line_plan)
        line_common = {
            **common,
            "sequence": sequence,
            "key": line_plan.key,
            "order_line_id": line_plan.line.id,
        }
        line_common |= {"kind": line_plan.kind, "decision": line_plan.decision}
        rows.append({**line_common, **_compared(line_plan), **first, "part": 0})
        for part, delivery in enumerate(others, 1):
            rows.append(
                {
                    **line_common,
                    **delivery,
                    "part": part,
                    "unit": _unit(line_plan),
                    "digest": line_plan.digest,
                }
            )
    return rows


def _deliveries(line_plan):
    if not line_plan.answer:
        return [{}]
    price = unit_price(line_plan)
    parts = schedule(line_plan.answer) or [
        {"qty": float(line_plan.answer.quantity or 0), "date": None, "backorder": False}
    ]
    return [
        {
            "answered_qty": part["qty"],
            "answered_date": part["date"],
            "answered_price": float(price) if price is not None else 0.0,
            "backorder": part["backorder"],
        }
        for part in parts
    ]


def _unit(line_plan):
    return line_plan.line.product_uom_id.name or line_plan.answer.unit


def _compared(line_plan):
    """What the first row of a line says beyond its delivery."""
    deviations, asked, answer = line_plan.assessed.deviations, line_plan.assessed.asked, line_plan.answer
    values = {
        "digest": line_plan.digest,
        "dimensions": ",".join(deviation.dimension for deviation in deviations),
        "difference": "\n".join(line_plan.sentences),
        "limit": ", ".join(dict.fromkeys(deviation.limit for deviation in deviations if deviation.limit)),
        "action": line_plan.assessed.action.value,
        "answered_product_id": line_plan.product.id if line_plan.product else False,
    }
    if answer:
        item = answer.substitute or (answer.item if line_plan.kind in ("substituted", "added") else None)
        reason = [f"({answer.reason_code})"] if answer.reason_code else []
        values |= {
            "unit": _unit(line_plan),
            "note": " ".join([*answer.note, *reason]),
            "answered_item": _item_words(item),
        }
    if asked:
        price = float(asked.unit_price or 0)
        values |= {
            "asked_qty": float(asked.quantity),
            "asked_price": price,
            "asked_date": asked.date,
            "counter_qty": float(asked.quantity),
            "counter_price": price,
            "counter_date": asked.date,
        }
    return values


def _item_words(item):
    if item is None:
        return False
    codes = ", ".join(code for _kind, code in item.identifiers)
    return f"{item.name} ({codes})" if item.name and codes else item.name or codes
