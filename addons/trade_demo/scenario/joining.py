"""The final check of the onboarding: who did what, what it brought into Odoo, nothing counted before."""

from collections.abc import Callable, Iterator

from . import newcomer
from .cast import NEW
from .play import Play

Failures = Iterator[str]
STEP_FIELDS = (
    "name",
    "kind",
    "actor",
    "state",
    "reason",
    "settled_by_id",
    "settled_who",
    "entered_by_id",
    "settled_at",
)


def checks(play: Play) -> list[tuple[str, list[str]]]:
    """Each check's sentence, and what contradicts it (nothing when it holds)."""
    looks: list[tuple[str, Callable[[Play], Failures]]] = [
        (
            "The new supplier's steps were done by those who may: the partner, us, two of us for the bank",
            _by_whom,
        ),
        ("What the case collected is in Odoo once, and none of it was taken back", _in_odoo),
        ("Nothing was live before the release; since then there is one order and one answer", _live_since),
    ]
    return [(sentence, list(look(play))) for sentence, look in looks]


def steps(play: Play) -> list[dict]:
    """The steps of the case as they stand."""
    domain = [("onboarding_id", "=", play.case)]
    return play.buyer.find("trade.onboarding.step", domain, STEP_FIELDS, order="sequence, id")


def table(play: Play) -> list[list[str]]:
    """One row per step, the header first."""
    rows = [["Step of the case", "Filled in by", "Finished by", "Is now"]]
    for step in steps(play):
        by = {"partner": NEW.name, "us": "us", "automatic": "itself"}[step["actor"]]
        person = step["settled_by_id"][1] if step["settled_by_id"] and by != "itself" else "–"
        through = step["settled_who"] or person
        now = f"{step['state']}: {step['reason']}" if step["reason"] else step["state"]
        rows.append([step["name"], by, through, now])
    return rows


def _by_whom(play: Play) -> Failures:
    for step in steps(play):
        if step["state"] not in ("done", "waived"):
            yield f"{step['name']} is {step['state']}"
    by_kind = {step["kind"]: step for step in steps(play)}
    bank, approval = by_kind["bank"], by_kind["approval"]
    if bank["entered_by_id"] or not bank["settled_by_id"]:
        names = f"entered by {bank['entered_by_id']}, confirmed by {bank['settled_by_id']}"
        yield f"the bank details were {names}"
    [case] = play.buyer.read("trade.onboarding", play.case, ["user_id"])
    if approval["settled_by_id"] == case["user_id"]:
        yield f"{case['user_id'][1]} approved the own case"


def _in_odoo(play: Play) -> Failures:
    vendors = play.buyer.find(
        "res.partner", [("vat", "=", newcomer.VAT), ("is_company", "=", True)], ["name"]
    )
    if [vendor["name"] for vendor in vendors] != [NEW.name]:
        yield f"contacts with the VAT number: {vendors}"
    accounts = play.buyer.find(
        "res.partner.bank", [("partner_id.vat", "=", newcomer.VAT)], ["sanitized_acc_number"]
    )
    if [account["sanitized_acc_number"] for account in accounts] != [newcomer.IBAN]:
        yield f"bank accounts: {accounts}"
    profiles = play.buyer.find("trade.partner", [("partner_id.vat", "=", newcomer.VAT)], ["state"])
    if [profile["state"] for profile in profiles] != ["live"]:
        yield f"trading profiles: {profiles}"
    effects = play.buyer.find(
        "trade.onboarding.effect",
        [("onboarding_id", "=", play.case), ("state", "!=", "done")],
        ["record_name", "state", "note"],
    )
    yield from (f"{effect['record_name']} is {effect['state']}: {effect['note']}" for effect in effects)


def _live_since(play: Play) -> Failures:
    [case] = play.buyer.read("trade.onboarding", play.case, ["state", "live_at", "trade_partner_id"])
    if case["state"] != "live":
        yield f"the case is {case['state']}"
    domain = [("trade_partner_id", "=", case["trade_partner_id"][0]), ("mode", "=", "live")]
    messages = play.buyer.find(
        "trade.message", domain, ["document_type", "document_number", "received_at"], order="id"
    )
    for message in messages:
        if message["received_at"] < case["live_at"]:
            number, at = message["document_number"], message["received_at"]
            yield f"{number} was live at {at}, the case at {case['live_at']}"
    kinds = [message["document_type"] for message in messages]
    if kinds != ["order", "order_response"]:
        yield f"live documents: {', '.join(kinds) or 'none'}"
