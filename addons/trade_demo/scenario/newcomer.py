"""The new supplier: what it answers in its onboarding case, and the person there who does it.

She has the link of the invitation and no login: like a browser, she sees pages, follows links, sends forms.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urljoin

import requests
from lxml import html

from .cast import NEW

TIMEOUT = (5, 60)
CONTACT, EMAIL = "Lena Vogt", "lena.vogt@lichtwerk.example"
VAT, GLN = "DE136695976", "4012345440003"
IBAN, MISTYPED = "DE89370400440532013000", "DE89370400440523013000"  # two digits changed places

#: kind of step → what she enters there
ENTRIES: Mapping[str, Mapping[str, str]] = {
    "legal": {
        "name": NEW.name,
        "registry": "HRB 48112, Stuttgart",
        "street": "Lampenweg 7",
        "zip": "70565",
        "city": "Stuttgart",
        "country": "DE",
        "phone": "+49 711 555 0170",
        "email": "orders@lichtwerk.example",
    },
    "tax": {"vat": VAT},
    "identifiers": {"gln": GLN},
    "bank": {"holder": NEW.name, "iban": IBAN, "bic": "COBADEFFXXX", "bank": "Commerzbank"},
    "document": {
        "number": "H-2291",
        "issued_by": "Nordstern",
        "expires": str(date.today() + timedelta(days=365)),
    },
    "shipping": {"day_2": "1", "day_4": "1", "until": "12:00", "min_order": "150"},
    "portal_users": {"name1": CONTACT, "email1": EMAIL},
}
#: the document of her insurer
CONFIRMATION = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class PageRefused(Exception):
    """A page did not take what was sent; the text is what it says."""


class Guest:
    """Somebody who was sent a link.

    :raise PageRefused: the link does not work
    """

    def __init__(self, link: str):
        self._session = requests.Session()
        self._get(link)
        self._home = self._url

    def open_steps(self) -> list[str]:
        """The steps the checklist has her turn for."""
        self._get(self._home)
        cards = self._page.xpath("//*[contains(@class, 'o_trade_card')][.//a[contains(@href, '/step/')]]//h2")
        return [_text(card) for card in cards]

    def fill(self, step: str, values: Mapping[str, str], files: Mapping | None = None) -> str:
        """Open a step from the checklist, fill its form, press *Send*.

        :param step: its name
        :param files: name of the field → ``(name, content, type)``
        :return: what the page says then
        :raise PageRefused: it did not take it
        """
        self._get(self._home)
        links = {_text(link): link.get("href") for link in self._page.xpath("//a[contains(@href, '/step/')]")}
        if step not in links:
            raise PageRefused(f"the checklist has no link to {step}")
        self._get(urljoin(self._url, links[step]))
        [form] = [form for form in self._page.forms if form.xpath(".//button[@name='do']")]
        asked = {control.name for control in form.inputs if control.name}
        if unknown := (set(values) | set(files or {})) - asked:
            raise PageRefused(f"{step} does not ask for {', '.join(sorted(unknown))}")
        sent = {name: value for name, value in form.form_values() if name not in (files or {})}
        sent |= {**values, "do": "send"}
        parts = [(name, (None, value)) for name, value in sent.items()] + list((files or {}).items())
        self._show(self._session.post(urljoin(self._url, form.action), files=parts, timeout=TIMEOUT))
        return self._told("alert")

    def _get(self, address: str) -> None:
        self._show(self._session.get(address, timeout=TIMEOUT))

    def _show(self, reply: requests.Response) -> None:
        self._url, self._page = reply.url, html.fromstring(reply.text)
        if reply.status_code >= 400:
            said = self._told("invalid-feedback") or self._told("alert")
            raise PageRefused(said or f"HTTP {reply.status_code}")

    def _told(self, css: str) -> str:
        return " ".join(filter(None, map(_text, self._page.find_class(css))))


def _text(element) -> str:
    return " ".join(element.text_content().split())
