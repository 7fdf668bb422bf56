"""A supplier nobody knew: invited, looked at, approved, connected, live, and then traded with."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import date

from lxml import html

from . import cast, newcomer
from .act import Act
from .cast import NEW
from .narrator import NotYet
from .newcomer import Guest, PageRefused
from .person import OdooRefused, Person

CASE, STEP, CERTIFICATION = "trade.onboarding", "trade.onboarding.step", "trade.certification"
CALLED = {
    "called": "Ms Sommer, accounts",
    "called_number": "+49 711 555 0100, from the register of companies",
    "called_note": "Read the IBAN back to her; it is right.",
}
PRICES = {cast.LAMP: ("LW-10", 46.0), cast.SHADE: ("LW-31", 11.5)}


class Onboarding(Act):
    def perform(self) -> None:
        self.a_case_begins()
        self.the_supplier_answers()
        self.we_look_at_it()
        self.it_is_approved()
        self.it_is_connected()
        self.it_is_tested()
        self.it_goes_live()
        self.the_first_order()

    # -- the invitation --------------------------------------------------------------------------

    def a_case_begins(self) -> None:
        self.tell.act("A new supplier is invited")
        domain = [("role", "=", "supplier"), ("tier", "=", "standard")]
        [template] = self.buyer.find("trade.onboarding.template", domain, ["name", "step_ids"])
        steps = len(template["step_ids"])
        with self.tell.step(f"Maria opens a case for {NEW.name} from the template, with {steps} steps"):
            vals = {
                "name": NEW.name,
                "template_id": template["id"],
                "contact_name": newcomer.CONTACT,
                "email": newcomer.EMAIL,
            }
            self.play.case = self.buyer.create(CASE, vals)
        with self.tell.step("She sends the invitation; the link in it works before any login") as more:
            self.buyer.press(CASE, "action_invite", self.play.case)
            subject, link = self._invitation()
            more.append(subject)
            self._lena = Guest(link)

    def _invitation(self) -> tuple[str, str]:
        """The mail as it lies in the outbox: the demo has no mail server that would carry it away.

        :return: subject and link
        """
        domain = [("model", "=", CASE), ("res_id", "=", self.play.case)]
        [mail] = self.admin.find("mail.mail", domain, ["subject", "body_html"])
        [link] = html.fromstring(mail["body_html"]).xpath("//a[contains(@href, '/trade/link/')]/@href")
        return mail["subject"], link

    # -- the supplier's side ---------------------------------------------------------------------

    def the_supplier_answers(self) -> None:
        self.tell.act(f"{newcomer.CONTACT} of {NEW.name} fills in her part, without a login")
        with self.tell.step("She mistypes the IBAN; the page says so at once, nothing is lost") as more:
            wrong = {**newcomer.ENTRIES["bank"], "iban": newcomer.MISTYPED}
            try:
                self._lena.fill(self._step("bank")["name"], wrong)
            except PageRefused as refused:
                more.append(str(refused))
            else:
                raise ValueError("the page took it")
        files = {"document": {"file": ("insurance.pdf", newcomer.CONFIRMATION, "application/pdf")}}
        theirs = [step for step in self._steps() if step["actor"] == "partner" and step["state"] == "waiting"]
        for step in theirs:
            with self.tell.step(f"She sends {step['name'].lower()}") as more:
                kind = step["kind"]
                more.append(self._lena.fill(step["name"], newcomer.ENTRIES[kind], files.get(kind)))
        with self.tell.step("Her checklist has nothing to do for her any more"):
            if left := self._lena.open_steps():
                raise ValueError(f"it still asks for {', '.join(left)}")

    # -- our side --------------------------------------------------------------------------------

    def we_look_at_it(self) -> None:
        self.tell.act("What she sent is looked at")
        with self.tell.step(
            "Nothing goes on before the bank details are confirmed: Marc tries, and is told"
        ) as more:
            more.append(self._refused(self.manager, CASE, "action_go_on", self.play.case))
        with self.tell.step("Maria has seen the confirmation of insurance") as more:
            more += self._finish(self.buyer, "document")
        with self.tell.step(
            "Marc calls them back at a number from the register, and confirms the bank details"
        ) as more:
            more += self._finish(self.manager, "bank", CALLED)
        self.tell.wait("The register and duplicates were checked by themselves", self._checked)
        with self.tell.step("Maria enters the credit report and the payment term"):
            self._finish(
                self.buyer,
                "credit",
                {
                    "score": "2.1",
                    "source": "Bureau report 8841",
                    "checked": str(date.today()),
                    "limit": "5000",
                },
            )
            self._finish(self.buyer, "terms", self._terms())

    def _checked(self) -> list[str]:
        steps = [self._step(kind) for kind in ("tax_online", "duplicates")]
        if waiting := [step["name"] for step in steps if step["state"] != "done"]:
            raise NotYet(f"not done: {', '.join(waiting)}")
        return [f"{step['name']}: {text}" for step in steps for text in _words(step)]

    def _terms(self) -> dict[str, str]:
        [asked] = [row for row in self._step("terms")["form"] if row["name"] == "supplier_payment_term"]
        [term] = [value for value, label in asked["choices"] if label == "30 Days"]
        return {"supplier_payment_term": term}

    # -- the approval ----------------------------------------------------------------------------

    def it_is_approved(self) -> None:
        self.tell.act("Somebody else approves")
        approval = self._step("approval")["id"]
        with self.tell.step("Maria may not: it takes the right, and never the owner of the case") as more:
            more.append(self._refused(self.buyer, STEP, "action_done", approval))
        with self.tell.step("Marc approves; only now does Odoo know the supplier") as more:
            if self._vendors():
                raise ValueError("there is a contact before the approval")
            self._finish(self.manager, "approval", {"note": "Second source for lamps."})
            self._reached("approved", "connected", "certified")
            effects = self.buyer.find(
                "trade.onboarding.effect",
                [("onboarding_id", "=", self.play.case), ("state", "=", "done")],
                ["record_name", "step_id", "kind"],
            )
            more.append(
                f"{len(effects)} records: {', '.join(sorted({one['step_id'][1] for one in effects}))}"
            )

    def _vendors(self) -> list[dict]:
        return self.buyer.find(
            "res.partner", [("vat", "=", newcomer.VAT), ("is_company", "=", True)], ["name"]
        )

    # -- the connection --------------------------------------------------------------------------

    def it_is_connected(self) -> None:
        self.tell.act("The connection")
        key = secrets.token_urlsafe(24)
        with self.tell.step("Lichtwerk's server is started; it takes orders with an API key"):
            self.stage.house(NEW).open(api_key=key)
        with self.tell.step("Marc sets up connector and routes from a template, on trial") as more:
            more += self._set_up()
        with self.tell.step("The administrator enters the key: connection tested") as more:
            domain = [("trade_partner_id", "=", self._profile())]
            [connector] = self.admin.find("trade.connector", domain, ["credential_ids"])
            self.admin.write("trade.credential", connector["credential_ids"], {"secret": key})
            more += self.put_in_use(connector["id"])
        with self.tell.step("Marc enters what their lamps cost"):
            [vendor] = self._vendors()
            for code, (theirs, price) in PRICES.items():
                self._price(vendor["id"], self.product(code), theirs, price)
        with self.tell.step("Marc finishes the step") as more:
            more += self._finish(self.manager, "connection")

    def _set_up(self) -> list[str]:
        """Connector and routes; the step is not done before the connector is in use.

        :return: what the step says is to be done
        """
        step = self._step("connection")["id"]
        entered = {"template": "rest_poll", "address": self.stage.house(NEW).url}
        self.manager.write(STEP, step, {"entered": entered})
        self.manager.press(STEP, "action_done", step)
        return _words(self._step("connection"))

    def _price(self, vendor: int, product: int, code: str, price: float) -> None:
        [row] = self.buyer.read("product.product", product, ["product_tmpl_id"])
        vals = {
            "partner_id": vendor,
            "product_tmpl_id": row["product_tmpl_id"][0],
            "product_code": code,
            "price": price,
            "delay": 5,
        }
        self.manager.create("product.supplierinfo", vals)

    # -- the tests -------------------------------------------------------------------------------

    def it_is_tested(self) -> None:
        self.tell.act("The test bench")
        with self.tell.step("Marc sends all test orders over the real connector") as more:
            certification = self._certification()
            self.manager.press(CERTIFICATION, "action_send_all", certification["id"])
            tests = self._tests()
            more += [f"{test['number']}: {test['asks']}" for test in tests]
        self.tell.wait(f"{NEW.name} has them, as tests", self._received(*(test["number"] for test in tests)))
        with self.tell.step(f"{newcomer.CONTACT} answers each as it asks for"):
            for test in tests:
                if test["kind"] != "malformed" and test["required"]:
                    self.stage.house(NEW).ask(f"try-{test['kind']}", test["number"])
        self.fetch(NEW, "order_response", "answers")
        self.tell.wait("Each was read, checked and tried out; nothing of it counts", self._answered)
        by_kind = {test["kind"]: test for test in tests}
        with self.tell.step(
            "One answer comes a second time, by mail: Marc uploads it, it has no second effect"
        ):
            self._upload_again(by_kind["duplicate"])
        with self.tell.step("Marc breaks a good answer on purpose: it is refused"):
            self.manager.press(f"{CERTIFICATION}.test", "action_break", by_kind["malformed"]["id"])
        self.tell.wait("All needed tests are passed, the proof is kept, the step is done", self._certified)

    def _upload_again(self, test: dict) -> None:
        [copy] = [
            answer
            for answer in self.stage.house(NEW).issued("order_response")
            if answer["order_reference"]["id"] == test["number"]
        ]
        dialog = self.manager.press(f"{CERTIFICATION}.test", "action_upload", test["id"])
        file = base64.b64encode(json.dumps(copy).encode()).decode()
        vals = {"file": file, "filename": f"{copy['id']}.json"}
        wizard = self.manager.create(dialog["res_model"], vals, context=dialog["context"])
        self.manager.press(dialog["res_model"], "action_upload", wizard, dialog["context"])

    def _certification(self) -> dict:
        fields = ["state", "progress_words", "proof_digest"]
        [found] = self.buyer.find(CERTIFICATION, [("onboarding_id", "=", self.play.case)], fields)
        return found

    def _tests(self) -> list[dict]:
        fields = ["number", "kind", "asks", "state", "required", "name", "last_run_id"]
        domain = [("certification_id.onboarding_id", "=", self.play.case)]
        return self.buyer.find(f"{CERTIFICATION}.test", domain, fields, order="sequence, id")

    def _answered(self) -> None:
        open_ = [
            f"{test['name']} is {test['state']}"
            for test in self._tests()
            if test["required"]
            and test["state"] != "passed"
            and test["kind"] != "malformed"
            and not (test["kind"] == "duplicate" and test["last_run_id"])
        ]
        if open_:
            raise NotYet("; ".join(open_))

    def _certified(self) -> list[str]:
        certification, step = self._certification(), self._step("certification")
        if certification["state"] != "passed" or step["state"] != "done":
            raise NotYet(f"{certification['progress_words']} passed, the step is {step['state']}")
        return [f"{certification['progress_words']} passed, proof {certification['proof_digest'][:16]}…"]

    # -- live ------------------------------------------------------------------------------------

    def it_goes_live(self) -> None:
        self.tell.act("Live")
        with self.tell.step("Until now every route is on trial, and no document counted") as more:
            more += self._on_trial()
        with self.tell.step("Marc releases it and presses Go live") as more:
            self._finish(self.manager, "go_live", {"informed": True})
            self.manager.press(CASE, "action_go_on", self.play.case)
            self._reached("live")
            more.append(", ".join(f"{route['name']}: {route['mode']}" for route in self._routes()))

    def _on_trial(self) -> list[str]:
        routes = self._routes()
        if not routes or any(route["mode"] != "test" for route in routes):
            raise ValueError(f"routes: {routes}")
        domain = [("trade_partner_id", "=", self._profile()), ("mode", "!=", "test")]
        if live := self.buyer.find("trade.message", domain, ["document_number"]):
            raise ValueError(f"{len(live)} live messages")
        return [", ".join(route["name"] for route in routes)]

    def _routes(self) -> list[dict]:
        return self.buyer.find(
            "trade.route", [("trade_partner_id", "=", self._profile())], ["name", "mode"], order="id"
        )

    # -- trading ---------------------------------------------------------------------------------

    def the_first_order(self) -> None:
        self.tell.act(f"The first order to {NEW.name}")
        order = cast.first_order()
        with self.tell.step("Maria orders lamps and shades") as more:
            self.order(order)
            self.play.orders.append(order)
            more.append(order.number)
        self.tell.wait(f"{NEW.name} has it", self._received(order.number))
        self.fetch(NEW, "order_response", "answer")
        self.tell.wait("The answer is applied", lambda: self.applied([order]))

    def _received(self, *numbers: str) -> Callable[[], None]:
        def look() -> None:
            if missing := set(numbers) - set(self.stage.house(NEW).ledger()["orders"]):
                raise NotYet(f"{NEW.name} has not received {', '.join(sorted(missing))}")

        return look

    # -- the case --------------------------------------------------------------------------------

    def _steps(self) -> list[dict]:
        fields = ["name", "kind", "actor", "state", "ready_at", "findings", "form", "reason"]
        domain = [("onboarding_id", "=", self.play.case)]
        return self.buyer.find(STEP, domain, fields, order="sequence, id")

    def _step(self, kind: str) -> dict:
        [step] = [step for step in self._steps() if step["kind"] == kind]
        return step

    def _finish(self, person: Person, kind: str, entered: dict | None = None) -> list[str]:
        """Open a step, enter what is missing, press *Done* or *Confirm*.

        :return: what the checks found
        """
        step = self._step(kind)["id"]
        if entered:
            person.write(STEP, step, {"entered": entered})
        person.press(STEP, "action_done", step)
        done = self._step(kind)
        if done["state"] != "done":
            raise ValueError(f"{done['name']} is {done['state']}: {' '.join(_words(done))}")
        return _words(done)

    def _refused(self, person: Person, model: str, button: str, record: int) -> str:
        """Press a button that must not work.

        :return: what Odoo says
        """
        try:
            person.press(model, button, record)
        except OdooRefused as refused:
            return str(refused)
        raise ValueError(f"{person.name} was allowed to")

    def _reached(self, *states: str) -> None:
        [case] = self.buyer.read(CASE, self.play.case, ["state"])
        if case["state"] not in states:
            raise ValueError(f"the case is {case['state']}")

    def _profile(self) -> int:
        [case] = self.buyer.read(CASE, self.play.case, ["trade_partner_id"])
        return case["trade_partner_id"][0]


def _words(step: dict) -> list[str]:
    """What the checks of a step found."""
    return [f"{found['text']} {found['remedy']}".strip() for found in step["findings"] or []]
