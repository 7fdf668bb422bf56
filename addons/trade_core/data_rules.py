"""Which rule counts about a group of fields."""

from typing import NamedTuple

#: from lax to strict
RULINGS = ("write", "accept", "hold", "ignore")
#: groups of fields a person always looks at, whatever a rule says
SENSITIVE = ("tax", "banking")


def ruling_of(master, on_foreign_write, group, writer="partner"):
    """What a rule says about ``group``: write, accept, hold or ignore.

    :param writer: who writes: the partner, or the kind of a system of ours, as *master* names them
    """
    said = "write" if master == writer else on_foreign_write
    return "hold" if group in SENSITIVE and said in ("write", "accept") else said


def stricter(*rulings):
    """The strictest of some rulings."""
    return max(rulings, key=RULINGS.index)


class _Entry(NamedTuple):
    rank: tuple
    domain: str
    group: str
    said: tuple
    rule: object

    @classmethod
    def of(cls, rule):
        scope = 0 if rule.trade_partner_id else 1 if rule.role else 2
        rank = scope, not rule.company_id, rule.field_group == "*"
        return cls(rank, rule.domain, rule.field_group, (rule.master, rule.on_foreign_write), rule)


class Rulebook:
    """The rules that concern one partner, read once.

    :param rules: ``trade.data.owner`` records
    """

    def __init__(self, rules):
        self._none = rules.browse()
        self._entries = [_Entry.of(rule) for rule in rules]

    def ruling(self, domain, group, writer="partner"):
        """What happens with a group of fields somebody writes.

        :param writer: see :func:`ruling_of`
        :return: ``(write | accept | hold | ignore, the rule or an empty record)``; hold where nobody said
            anything, and where rules of the same rank contradict each other, what the strictest says
        """
        found = [entry for entry in self._entries if entry.domain == domain and entry.group in (group, "*")]
        if not found:
            return "hold", self._none
        best = min(entry.rank for entry in found)
        return max(
            ((ruling_of(*entry.said, group, writer), entry.rule) for entry in found if entry.rank == best),
            key=lambda pair: RULINGS.index(pair[0]),
        )
