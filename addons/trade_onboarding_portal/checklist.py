"""What the partner reads of a case: its own steps, what waits for us in plain words, and what to do now.

Nothing here tells what we found, whom else we know, or what our steps are called.
"""

from typing import NamedTuple

from odoo.tools import format_date

from odoo.addons.trade_kernel import onboarding
from odoo.addons.trade_portal.cards import Card


class Row(NamedTuple):
    """One line of the checklist.

    :ivar said: where it stands, in words
    :ivar tone: as of cards: ``you``, ``waiting``, ``done``, ``plain``
    :ivar url: its page; empty where there is none
    """

    title: str
    said: str
    tone: str
    url: str = ""
    ours: bool = False


def their_steps(case):
    return case.step_ids.filtered(lambda step: step.actor == "partner")


def may_fill(step):
    """Whether the partner may fill the step now."""
    return bool(step._partner_may()) and step.onboarding_id.state in onboarding.ROAD


def sent_back(step):
    """Why the partner is to correct what it sent; what we noted elsewhere is not for it."""
    return (step.reason or "") if may_fill(step) else ""


def rows(case, url):
    """The whole checklist in its order: steps of the partner one by one, ours by what they are about."""
    found, ours = [], {}
    for step in case.step_ids:
        if step.actor == "partner":
            found.append(_theirs(step, url))
            continue
        words = _ours(step)
        if words not in ours:
            ours[words] = len(found), step.browse()
            found.append(None)
        place, steps = ours[words]
        ours[words] = place, steps | step
    for words, (place, steps) in ours.items():
        found[place] = _our_row(words, steps)
    return found


def cards(case, url):
    """One card for each step that is the partner's turn."""
    _ = case.env._
    found = []
    for number, step in enumerate(their_steps(case).filtered(may_fill)):
        reason = sent_back(step)
        button = (
            _("Open the tests")
            if step.kind == "certification"
            else _("Correct it")
            if reason
            else _("Read and accept")
            if step.kind == "contract"
            else _("Fill in")
        )
        text = reason or step.description or ""
        if reason and step.kind != "certification":
            text = _("Sent back to you: %s", reason)
        found.append(
            Card(
                f"onboarding.{step.id}",
                step.name,
                " ".join(filter(None, (text, due(step)))),
                tone="you",
                button=button,
                url=f"{url}/step/{step.id}",
                sequence=5 + number,
            )
        )
    return found


def due(step):
    """By when, in words; empty when there is no day."""
    if not step.due_at:
        return ""
    day = format_date(step.env, step.due_at.date())
    if step.due_at < step.env.cr.now():
        return step.env._("It was due on %s.", day)
    return step.env._("Please by %s.", day)


def _theirs(step, url):
    _ = step.env._
    address = f"{url}/step/{step.id}"
    if may_fill(step):
        said = _("Sent back to you") if step.reason and step.kind != "certification" else _("Your turn")
        return Row(step.name, said, "you", address)
    if step.state == "done":
        return Row(step.name, _("Done"), "done", address)
    if step.state == "waived":
        return Row(step.name, _("Not needed"), "done")
    if step.ready_at and step.state in ("doing", "failed"):
        return Row(step.name, _("With us: we look at what you sent"), "waiting", address)
    return Row(step.name, _("Later"), "plain")


def _our_row(words, steps):
    _ = steps.env._
    title = _("With us: %s", words)
    open_ = steps.filtered(lambda step: step.state not in onboarding.SETTLED)
    if not open_:
        return Row(title, _("Done"), "done", ours=True)
    if any(step.ready_at for step in open_) and steps.onboarding_id.state in onboarding.ROAD:
        return Row(title, _("We are at it"), "waiting", ours=True)
    return Row(title, _("Later"), "plain", ours=True)


def _ours(step):
    _ = step.env._
    words = {
        "duplicates": _("we check your details"),
        "tax_online": _("we check your details"),
        "tax": _("we check your details"),
        "legal": _("we check your details"),
        "bank": _("we check your details"),
        "credit": _("we check your details"),
        "certification": _("we test the connection"),
        "approval": _("we decide on trading together"),
        "connection": _("we set up the connection"),
        "go_live": _("we switch to live trading"),
    }
    return words.get(step.kind) or _("we prepare everything on our side")
