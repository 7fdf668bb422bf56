"""Cards: what a page asks its reader to do, one thing each."""

from typing import NamedTuple

#: what a card says at first glance, and the badge that says it in words for who does not see colours
TONES = ("you", "waiting", "done", "plain")


class Card(NamedTuple):
    """One thing to do, with at most one primary button.

    :ivar key: names the card within the page, such as ``orders.answer``
    :ivar title: what is to be done, in the reader's words
    :ivar text: why, or what happens next
    :ivar tone: ``you``: the reader has to act; ``waiting``: somebody or something is waited for; ``done``;
        ``plain``
    :ivar button: the words on its button; empty: there is nothing to press
    :ivar url: where the button leads: an address within this site
    :ivar post: fields (name → value) of a form that the button sends there; None: it is a link
    :ivar sequence: cards with a lower one come first
    :ivar count: how many things it is about; shown when above one
    """

    key: str
    title: str
    text: str = ""
    tone: str = "plain"
    button: str = ""
    url: str = ""
    post: dict | None = None
    sequence: int = 50
    count: int = 1


def in_order(cards):
    """Cards in the order in which they are shown: who must act first, then by sequence."""
    return sorted(cards, key=lambda card: (TONES.index(card.tone), card.sequence, card.key))
