"""A supplier is onboarded in Chromium, seen from both sides: our board, and her pages on a phone.

Each step leaves a screenshot in `.odoo/screenshots/`.
"""

import contextlib
import json
import re
from datetime import date, timedelta

import pytest
from browsing import WAIT, log_in, log_out, shot
from playwright.sync_api import expect
from road import TestSupplier, until

import clusters
import harness
from odoo.addons.trade_demo.scenario.person import Person
from odoo.addons.trade_demo.suppliers import trials

pytestmark = pytest.mark.browser

#: The demo's buyer and trading manager; without passwords nobody can log in as them.
SETUP = """
for login in ("maria", "marc"):
    env["res.users"].search([("login", "=", login)]).password = login
env.cr.commit()
"""
NAME, EMAIL = "Lichtwerk GmbH", "lena@lichtwerk.example"
IBAN = "DE89370400440532013000"
PHONE = {"width": 390, "height": 844}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ENTRIES = {
    "Company details": {
        "name": NAME,
        "street": "Lampenweg 7",
        "zip": "70565",
        "city": "Stuttgart",
        "country": "DE",
        "email": "orders@lichtwerk.example",
    },
    "Tax registration": {"vat": "DE136695976"},
    "Identifiers": {"gln": "4012345440003"},
    "Liability insurance": {"issued_by": "Nordstern", "expires": str(date.today() + timedelta(days=365))},
}
#: her code → price
PRODUCTS = {"LW-100": 20.0, "LW-200": 35.0}
#: test → who writes the answer that passes it
TRIALS = {
    "Everything as ordered": trials.accepted,
    "Another price": trials.changed,
    "The order is rejected": trials.rejected,
    "The same answer twice counts once": trials.accepted,
}


class Lichtwerk(TestSupplier):
    """:ivar real: the numbers of the orders that count"""

    def __init__(self):
        super().__init__()
        self.real = []
        self.during = lambda order: self.real.append(order["id"])


class Scene:
    """:ivar admin: looks into the database as an administrator, through Odoo's own door"""

    def __init__(self, odoo, supplier):
        self.odoo, self.supplier = odoo, supplier
        self.admin = Person(odoo.url, odoo.database, "admin", "admin")

    def case(self, *names):
        [case] = self.admin.find("trade.onboarding", [("name", "=", NAME)], list(names))
        return case

    def profile(self):
        return self.case("trade_partner_id")["trade_partner_id"][0]

    def modes(self):
        domain = [("trade_partner_id", "=", self.profile())]
        return [route["mode"] for route in self.admin.find("trade.route", domain, ["mode"])]

    def order(self):
        """The number of a confirmed order of her first product."""
        [seller] = self.admin.find(
            "product.supplierinfo",
            [("product_code", "=", next(iter(PRODUCTS)))],
            ["product_tmpl_id", "partner_id"],
        )
        domain = [("product_tmpl_id", "=", seller["product_tmpl_id"][0])]
        [product] = self.admin.find("product.product", domain, ["id"])
        line = {"product_id": product["id"], "product_qty": 5}
        order = self.admin.create(
            "purchase.order", {"partner_id": seller["partner_id"][0], "order_line": [(0, 0, line)]}
        )
        self.admin.press("purchase.order", "button_confirm", order)
        [values] = self.admin.read("purchase.order", order, ["name"])
        return values["name"]

    def step_states(self):
        """Name → state."""
        domain = [("onboarding_id.name", "=", NAME)]
        return {
            step["name"]: step["state"]
            for step in self.admin.find("trade.onboarding.step", domain, ["name", "state"])
        }

    def link(self):
        """The link of the invitation, as it stands in the mail."""
        domain = [("model", "=", "trade.onboarding"), ("res_id", "=", self.case("id")["id"])]
        [mail] = self.admin.find("mail.mail", domain, ["body_html"])
        return re.search(r'href="([^"]+/trade/link/[^"]+)"', mail["body_html"])[1]


@pytest.fixture(scope="module")
def scene():
    if not harness.chromium():
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    with harness.database("e2e_browser_onboarding") as name:
        harness.shell(clusters.cluster("test"), name, SETUP)
        with harness.Server(name) as odoo, Lichtwerk() as supplier:
            yield Scene(odoo.wait_for_jobs(), supplier)


@contextlib.contextmanager
def phone(page):
    """Another browser, of somebody without a login; the test fails when its pages' own code does."""
    context = page.context.browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    context.set_default_timeout(WAIT)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"the page itself failed: {errors}"


def fits(page):
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def fill(page, values):
    for name, value in values.items():
        field = page.locator(f"#field-{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def send(page, step, values, files=()):
    """Open a step from the checklist, fill it in, press *Send*."""
    page.get_by_role("link", name=step, exact=True).first.click()
    expect(page.locator("h1")).to_contain_text(step)
    fits(page)
    fill(page, values)
    for name, file in files:
        page.locator(f"#field-{name}").set_input_files(file)
    page.get_by_role("button", name="Send", exact=True).click()


def open_case(page, scene, login):
    log_in(page, scene.odoo, f"/odoo/trade-onboarding/{scene.case('id')['id']}", login)
    form = page.locator(".o_form_view.o_action")
    expect(form).to_contain_text(NAME)
    return form


def do(page, step, values=None, picture=None):
    """Open a step from the case, enter what is missing, press *Done* or *Confirm*.

    :return: the dialog, closed unless the step is not done yet
    """
    page.locator(".o_data_row", has_text=step).get_by_role("button", name="Open").click()
    dialog = page.locator(".modal-dialog")
    expect(dialog).to_contain_text(step)
    for name, value in (values or {}).items():
        field = dialog.locator(f"#o_trade_step_{name}")
        match field.evaluate("field => field.type"):
            case "select-one":
                field.select_option(value)
            case "checkbox":
                field.set_checked(value)
            case _:
                field.fill(value)
                field.blur()
    if picture:
        shot(page, picture)
    dialog.locator("button[name=action_done]:visible").click()
    return dialog


def test_a_buyer_opens_a_case_on_the_board_and_invites(scene, page):
    log_in(page, scene.odoo, "/odoo/trade-onboarding", "maria")
    expect(page.locator(".o_kanban_view")).to_be_visible()
    page.locator(".o_control_panel button.o-kanban-button-new").click()
    form = page.locator(".o_form_view.o_action")
    form.locator("[name=name] input").fill(NAME)
    template = form.locator("[name=template_id] input")
    template.click()
    page.locator(".o-autocomplete--dropdown-item", has_text="Supplier").first.click()
    form.locator("[name=contact_name] input").fill("Lena Vogt")
    form.locator("[name=email] input").fill(EMAIL)
    form.get_by_role("button", name="Send the invitation").or_(
        page.locator(".o_form_button_save")
    ).first.click()
    expect(page.locator(".o_data_row", has_text="Bank details")).to_be_visible()
    page.get_by_role("button", name="Send the invitation").first.click()
    expect(page.get_by_role("button", name="Invite again").first).to_be_visible()
    shot(page, "20-onboarding-case")
    page.goto(f"{scene.odoo.url}/odoo/trade-onboarding")
    card = page.locator(".o_kanban_record", has_text=NAME)
    expect(card).to_contain_text("The partner")
    shot(page, "21-onboarding-board")


def test_the_supplier_fills_in_her_part_on_a_phone(scene, page):
    with phone(page) as hers:
        hers.goto(scene.link())
        expect(hers.locator("body")).to_contain_text("Your turn")
        fits(hers)
        shot(hers, "22-onboarding-phone")
        address = hers.url

        # What she types is kept as she goes, also when the phone loses the page.
        hers.get_by_role("link", name="Bank details", exact=True).first.click()
        fill(hers, {"holder": NAME, "iban": "DE89370400440523013000"})
        hers.locator("#field-iban").blur()
        expect(hers.locator(".o_trade_save_state")).to_contain_text("Saved")
        hers.reload()
        expect(hers.locator("#field-iban")).to_have_value("DE89370400440523013000")

        # The mistyped IBAN is not taken, and the page says why.
        hers.get_by_role("button", name="Send", exact=True).click()
        expect(hers.locator(".invalid-feedback:visible").first).to_contain_text("is no IBAN")
        fits(hers)
        shot(hers, "23-onboarding-phone-iban")
        fill(hers, {"iban": IBAN})
        hers.get_by_role("button", name="Send", exact=True).click()
        expect(hers.locator("[role=status]").first).to_contain_text("Thank you")

        file = {"name": "insurance.pdf", "mimeType": "application/pdf", "buffer": PDF}
        for step, values in ENTRIES.items():
            hers.goto(address)
            send(hers, step, values, [("file", file)] if step == "Liability insurance" else [])
            expect(hers.locator("[role=status]").first).to_contain_text("Thank you")
        fits(hers)
        shot(hers, "24-onboarding-phone-sent")
    states = scene.step_states()
    assert [states[name] for name in ("Company details", "Tax registration", "Identifiers")] == ["done"] * 3
    assert [states[name] for name in ("Bank details", "Liability insurance")] == [
        "doing"
    ] * 2  # we look first


def test_two_people_of_ours_confirm_and_approve(scene, page):
    form = open_case(page, scene, "maria")
    do(page, "Liability insurance", picture="25-onboarding-insurance")
    until(lambda: scene.step_states()["Liability insurance"] == "done", scene.step_states)
    today = str(date.today())
    do(page, "Credit check", {"source": "Bureau report 8841", "checked": today, "limit": "5000"})
    until(lambda: scene.step_states()["Credit check"] == "done", scene.step_states)
    do(page, "Payment terms")
    until(lambda: scene.step_states()["Payment terms and currency"] == "done", scene.step_states)
    log_out(page)

    form = open_case(page, scene, "marc")
    called = {
        "called": "Ms Sommer",
        "called_number": "+49 711 555 0100, from the register",
        "called_note": "Read back, it is right.",
    }
    do(page, "Bank details", called, "26-onboarding-bank")
    until(lambda: scene.step_states()["Bank details"] == "done", scene.step_states)
    until(lambda: scene.step_states()["Check for duplicates"] == "done", scene.step_states)
    assert not scene.admin.find("res.partner", [("name", "=", NAME)], ["id"])  # not before the approval
    page.reload()
    do(page, "Approval", {"note": "Second source for lamps."}, "27-onboarding-approval")
    until(lambda: scene.step_states()["Approval"] == "done", scene.step_states)
    expect(form).to_contain_text("Approved")
    [contact] = scene.admin.find("res.partner", [("name", "=", NAME)], ["vat", "city"])
    assert (contact["vat"], contact["city"]) == ("DE136695976", "Stuttgart")


def test_it_is_connected_on_trial(scene, page):
    for code, price in PRODUCTS.items():
        _product(scene, code, price)
    open_case(page, scene, "marc")
    choice = {"template": "rest_poll", "address": scene.supplier.url}
    dialog = do(page, "Connector and routes", choice)
    expect(dialog).to_contain_text("not in use yet")
    shot(page, "28-onboarding-connector")
    [connector] = scene.admin.find(
        "trade.connector", [("trade_partner_id", "=", scene.profile())], ["credential_ids"]
    )
    scene.admin.write("trade.credential", connector["credential_ids"], {"secret": "a key of theirs"})
    scene.admin.press("trade.connector", "action_test_connection", connector["id"])
    scene.admin.press("trade.connector", "action_resume", connector["id"])
    page.reload()
    do(page, "Connector and routes")
    until(lambda: scene.step_states()["Connector and routes"] == "done", scene.step_states)
    modes = scene.modes()
    assert modes and set(modes) == {"test"}  # nothing counts before it is live


def test_the_supplier_runs_the_tests_alone_on_a_phone(scene, page):
    with phone(page) as hers:
        hers.goto(scene.link())
        hers.get_by_role("link", name="Tests", exact=True).first.click()
        expect(hers.locator("h1")).to_contain_text("Tests")
        fits(hers)
        shot(hers, "29-onboarding-phone-tests")

        # A line shall come short; she answers that all comes, reads why that is wrong, and corrects it.
        short = Trial(hers, scene, "A line comes short")
        short.send()
        short.upload(trials.accepted(short.order(), "LW"))
        expect(short.card).to_contain_text("less")
        expect(short.card.locator(".text-danger").first).to_be_visible()
        fits(hers)
        shot(hers, "30-onboarding-phone-test-failed")
        short.upload(trials.partial(short.order(), "LW"))
        short.passed()

        for name, write in TRIALS.items():
            trial = Trial(hers, scene, name)
            trial.send()
            answer = write(trial.order(), "LW")
            trial.upload(answer)
            if name == "The same answer twice counts once":
                trial.upload(answer)
            trial.passed()
        broken = Trial(hers, scene, "A broken answer is refused")
        broken.send()
        broken.press("Try a broken answer")
        broken.passed()
        fits(hers)
        shot(hers, "31-onboarding-phone-tests-passed")
    assert not scene.admin.find("purchase.order", [("partner_id.name", "=", NAME)], ["name"])
    until(lambda: scene.step_states()["Tests"] == "done", scene.step_states)


def test_it_goes_live_and_the_first_order_counts(scene, page):
    form = open_case(page, scene, "marc")
    do(page, "Release for live trading", {"informed": True}, "32-onboarding-release")
    until(lambda: scene.step_states()["Release for live trading"] == "done", scene.step_states)
    page.reload()
    page.get_by_role("button", name="Go live").first.click()
    until(lambda: scene.case("state")["state"] == "live", lambda: scene.case("state"))
    page.reload()
    expect(form).to_contain_text("Live since")
    shot(page, "33-onboarding-live")
    assert set(scene.modes()) == {"live"}

    order = scene.order()
    until(lambda: order in scene.supplier.real, lambda: f"{order} has not come: {scene.supplier.real}")


class Trial:
    """One test on her page: its card, and what she does with it."""

    def __init__(self, page, scene, name):
        self.page, self.scene = page, scene
        self.card = page.locator(".o_trade_card", has=page.get_by_role("heading", name=name, exact=True))

    def press(self, label):
        self.card.get_by_role("button", name=label, exact=True).click()
        expect(self.card.locator("[role=status]")).to_be_visible()

    def send(self):
        self.press("Send me the test order")

    def order(self):
        """The test order, as it came to her own system."""
        number = self.card.locator("p", has_text="Our test order:").locator("strong").inner_text()
        until(lambda: self.scene.supplier.ledger.order(number), lambda: f"{number} has not come")
        return self.scene.supplier.ledger.order(number)

    def upload(self, answer):
        file = {
            "name": f"{answer['id']}.json",
            "mimeType": "application/json",
            "buffer": json.dumps(answer).encode(),
        }
        self.card.locator("input[type=file]").set_input_files(file)
        self.press("Check it")

    def passed(self):
        expect(self.card.locator(".badge")).to_have_text("Passed")


def _product(scene, code, price):
    [contact] = scene.admin.find("res.partner", [("name", "=", NAME)], ["id"])
    seller = {"partner_id": contact["id"], "product_code": code, "price": price}
    return scene.admin.create(
        "product.product", {"name": f"Lamp {code}", "is_storable": True, "seller_ids": [(0, 0, seller)]}
    )
