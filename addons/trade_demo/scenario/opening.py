"""How the play opens: Odoo starts, people get their logins, the suppliers are connected."""

import secrets

from . import cast
from .act import Act
from .cast import GEMINI, MAT, WOOD, Role
from .person import Person


class Opening(Act):
    def perform(self) -> None:
        self.curtain()
        self.connections()

    def curtain(self) -> None:
        self.tell.act("Odoo and its people")
        odoo = self.stage.odoo
        with self.tell.step("Odoo starts", seconds=60) as more:
            odoo.start()
            more.append(f"{odoo.url}, database {self.stage.database}")
        with self.tell.step(
            "The administrator gives Maria (buyer) and Marc (trading manager) their passwords"
        ):
            self.play.admin = self._enter(*cast.ADMIN)
            for login, password in cast.PASSWORDS.items():
                [user] = self.admin.find("res.users", [("login", "=", login)], ["id"])
                self.admin.write("res.users", user["id"], {"password": password})
            self.play.buyer = self._enter("maria", cast.PASSWORDS["maria"])
            self.play.manager = self._enter("marc", cast.PASSWORDS["marc"])
        with self.tell.step("The job runner is ready", seconds=40):
            odoo.wait_for_jobs()

    def _enter(self, login: str, password: str) -> Person:
        return Person(self.stage.odoo.url, self.stage.database, login, password)

    def connections(self) -> None:
        self.tell.act("The administrator connects three suppliers")
        with self.tell.step(
            "Wood Corner, a REST portal whose answers are fetched: connection tested"
        ) as more:
            key = secrets.token_urlsafe(24)
            self.stage.house(WOOD).open(api_key=key)
            more += self._connect(WOOD, {"kind": "api_key", "secret": key})
        with self.tell.step("Ready Mat, webhooks signed in both directions: connection tested") as more:
            client, signing = self._issue(MAT, "action_new_signing_secret")
            orders = self._generated_secret(MAT)
            self.stage.house(MAT).open(self.api_url, orders=orders, answers=signing, client=client)
            more += self._connect(MAT)
        with self.tell.step(
            "Gemini Furniture, user and password: their server is down, as the test shows"
        ) as more:
            _client, api_key = self._issue(GEMINI, "action_new_key")
            password = secrets.token_urlsafe(24)
            self.play.gemini = {"user": "tradelane", "password": password, "api_key": api_key}
            more += self._connect(GEMINI, {"kind": "basic", "login": "tradelane", "secret": password})

    def _connector(self, role: Role) -> int:
        [connector] = self.admin.find("trade.connector", [("trade_partner_id.name", "=", role.name)], ["id"])
        return connector["id"]

    def _connect(self, role: Role, credential: dict | None = None) -> list[str]:
        """Enter address and secret, test, go live.

        :return: what the test said, in lines
        """
        connector = self._connector(role)
        if credential:
            self.admin.create("trade.credential", {"connector_id": connector, **credential})
        self.admin.write("trade.connector", connector, {"base_url": self.stage.house(role).url})
        return self.put_in_use(connector)

    def _issue(self, role: Role, button: str) -> tuple[str, str]:
        """Let Odoo make a secret for what the supplier sends us; it is shown once.

        :return: the client's name in our API, and the secret
        """
        domain = [("trade_partner_id.name", "=", role.name)]
        [client] = self.admin.find("trade.api.client", domain, ["public_id"])
        shown = self.admin.press("trade.api.client", button, client["id"])
        return client["public_id"], shown["params"]["secret"]

    def _generated_secret(self, role: Role) -> str:
        """Let Odoo make the secret that signs what we send; it is shown once."""
        vals = {"connector_id": self._connector(role), "kind": "hmac_secret"}
        credential = self.admin.create("trade.credential", vals)
        return self.admin.press("trade.credential", "action_generate", credential)["params"]["secret"]
