"""Who is let in, and how often, with real workers: limits, tokens of a real provider, addresses that lie."""

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from door import Door
from road import at_once

import harness

ISSUER, AUDIENCE, SUBJECT = "https://login.example.com", "urn:trade", "erp"


class Provider:
    """An identity provider: signs tokens and publishes its keys, slowly.

    :ivar asked: how often its keys were fetched
    """

    def __init__(self, wait=0.3):
        self.keys, self.asked, self.wait = {}, 0, wait
        self._server = ThreadingHTTPServer((harness.LOCAL, 0), _Handler)
        self._server.daemon_threads, self._server.provider = True, self
        self.url = f"http://{harness.LOCAL}:{self._server.server_port}/keys"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def new_key(self, kid):
        self.keys = {kid: ec.generate_private_key(ec.SECP256R1())}

    def jwks(self):
        to_jwk = jwt.algorithms.ECAlgorithm.to_jwk
        return {"keys": [{**to_jwk(key.public_key(), True), "kid": kid} for kid, key in self.keys.items()]}

    def token(self):
        [(kid, key)] = self.keys.items()
        now = int(time.time())
        said = {"iss": ISSUER, "aud": AUDIENCE, "client_id": SUBJECT, "iat": now, "exp": now + 600}
        return jwt.encode(said, key, algorithm="ES256", headers={"kid": kid})

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        provider = self.server.provider
        provider.asked += 1
        body = json.dumps(provider.jwks()).encode()
        time.sleep(provider.wait)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture(scope="module")
def door():
    with harness.database("e2e_access") as name, harness.Server(name, workers=2) as odoo:
        yield Door(odoo.wait_for_jobs())


@pytest.fixture
def provider(door):
    provider = Provider()
    provider.new_key("first")
    door.shell(
        "env['trade.api.client'].search([('issuer_id', '!=', False)]).write("
        "{'issuer_id': False, 'issuer_subject': False})\n"
        "env['trade.api.issuer'].search([]).unlink()\n"
        "issuer = env['trade.api.issuer'].create({'name': 'Provider', 'algorithms': 'ES256',"
        f" 'issuer': '{ISSUER}', 'audiences': '{AUDIENCE}', 'jwks_url': '{provider.url}'}})\n"
        f"env['trade.api.client'].browse({door.found['id']}).write("
        f"{{'issuer_id': issuer.id, 'issuer_subject': '{SUBJECT}'}})\n"
        "env.cr.commit()\n"
        "env.registry.signal_changes()\n"
    )
    yield provider
    provider.stop()


def set_client(door, **values):
    door.shell(
        f"env['trade.api.client'].browse({door.found['id']}).write({values!r})\n"
        "env.cr.commit()\n"
        "env.registry.signal_changes()\n"
    )


def look(door, token=None, **headers):
    """Ask for a message that is not there: 404 is as good as let in."""
    headers = {"Authorization": f"Bearer {token or door.found['key']}", **headers}
    while True:
        try:
            return requests.get(f"{door.odoo.url}/trade/v1/messages/999999999", headers=headers, timeout=60)
        except requests.ConnectionError:
            time.sleep(0.1)  # two workers have a short queue for connections


def test_a_limit_holds_over_all_workers(door):
    """As many as were agreed, however many workers there are and however many come at once."""
    per_minute, burst = 300, 40
    set_client(door, per_minute=per_minute, burst=burst)
    answers, started = [], time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        while time.monotonic() - started < 6:
            answers += pool.map(lambda _number: look(door), range(60))
    elapsed = time.monotonic() - started
    passed = sum(answer.status_code == 404 for answer in answers)
    denied = [answer for answer in answers if answer.status_code == 429]
    assert len(denied) + passed == len(answers)
    assert denied, "the limit was never reached"
    assert passed <= burst + elapsed * per_minute / 60 + 1
    assert passed >= burst, "and the client gets what it was promised"
    for answer in denied:
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["type"] == "urn:tradelane:problem:too-many-requests"
    set_client(door, per_minute=0)
    assert look(door).status_code == 404, "a limit that was lifted holds nobody up"


def test_denials_of_all_workers_are_counted_once_each(door):
    before = int(door.sql("SELECT COALESCE(sum(count), 0) FROM trade_api_denial WHERE reason = 'key'")[0])
    wrong = door.found["key"][:-4] + "0000"
    assert {answer.status_code for answer in at_once([lambda: look(door, wrong)] * 60)} == {403}
    deadline = time.monotonic() + 30
    count = "SELECT COALESCE(sum(count), 0) FROM trade_api_denial WHERE reason = 'key'"
    while int(door.sql(count)[0]) - before < 60 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert int(door.sql(count)[0]) - before == 60
    assert door.sql("SELECT count(*) FROM trade_exception WHERE code = 'http.denied_often'") == ["1"]


def test_a_new_key_of_the_provider_shuts_nobody_out(door, provider):
    """Everybody comes with the new key at once: one request fetches it, the others wait for that one."""
    assert {answer.status_code for answer in at_once([lambda: look(door, provider.token())] * 10)} == {404}
    assert provider.asked == 1
    door.sql("UPDATE trade_api_issuer SET tried_at = tried_at - interval '5 minutes'")
    provider.new_key("second")
    assert {answer.status_code for answer in at_once([lambda: look(door, provider.token())] * 30)} == {404}
    assert provider.asked == 2
    raw = json.dumps({"document_type": "order_response", "id": "R-1"}).encode()
    taken = door.post(
        raw, {"Authorization": f"Bearer {provider.token()}", "Idempotency-Key": uuid.uuid4().hex}
    )
    assert taken.status_code == 202


def test_made_up_keys_hold_up_nobody_while_the_provider_is_slow(door, provider):
    assert look(door, provider.token()).status_code == 404
    door.sql("UPDATE trade_api_issuer SET tried_at = tried_at - interval '5 minutes'")
    asked, provider.wait, published = provider.asked, 4, provider.keys
    good = provider.token()
    provider.new_key("made up")
    bad = provider.token()
    provider.keys = published
    started = time.monotonic()
    answers = at_once([lambda token=token: look(door, token) for token in [bad, good] * 8])
    assert [answer.status_code for answer in answers] == [403, 404] * 8
    assert provider.asked == asked + 1
    assert time.monotonic() - started < provider.wait + 4, "one waits for the provider, the others go on"


def test_an_address_in_a_header_is_believed_only_behind_a_proxy(door):
    set_client(door, networks="203.0.113.0/24")
    try:
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host", "Client-IP"):
            assert look(door, **{header: "203.0.113.7"}).status_code == 403, header
    finally:
        set_client(door, networks=False)
    assert look(door).status_code == 404
