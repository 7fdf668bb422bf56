"""What a benchmark returns: rows for the table, goals with their verdict."""

import operator
from dataclasses import dataclass, field
from typing import Any

_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


@dataclass(frozen=True)
class Goal:
    """One goal, always a ratio measured in this run.

    :param comparison: one of ``> >= < <=``
    """

    name: str
    measured: float
    comparison: str
    target: float

    @property
    def met(self) -> bool:
        return _COMPARE[self.comparison](self.measured, self.target)

    def __str__(self) -> str:
        verdict = "met" if self.met else "missed"
        return f"GOAL {self.name} {self.measured:.2f} {self.comparison} {self.target:g} {verdict}"


@dataclass
class Result:
    """:ivar rows: dicts with the same keys, in the order of the table's columns
    :ivar short: of a smaller run than is recorded
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    short: bool = False

    def table(self) -> str:
        columns = list(self.rows[0]) if self.rows else []
        cells = [[_cell(row[column]) for column in columns] for row in self.rows]
        widths = [max(len(line[at]) for line in [columns, *cells]) for at in range(len(columns))]
        lines = [
            "  ".join(
                text.ljust(width) if at == 0 else text.rjust(width)
                for at, (text, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in [columns, *cells]
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([*lines, *self.notes])

    def as_dict(self) -> dict[str, Any]:
        goals = [{**vars(goal), "met": goal.met} for goal in self.goals]
        return {"rows": self.rows, "goals": goals, "notes": self.notes}


def _cell(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
