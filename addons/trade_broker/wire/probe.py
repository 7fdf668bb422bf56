"""Testing the connection to a broker step by step. Nothing is published, taken or created."""

import socket
import ssl
import time
from typing import NamedTuple

from odoo.addons.trade_core.connectors.probe import FAILED, OK, SKIPPED, STEPS, WARNING, Step

from . import wires
from .judge import judge
from .line import AMQP, OTHER, Line
from .wires import Target


class BrokerTest(NamedTuple):
    """
    :ivar queues: names of those that messages are taken from
    """

    line: Line
    target: Target
    queues: tuple[str, ...]

    def __call__(self):
        """:return: five :class:`Step`, always the same ones in the same order"""
        done = {}
        for step in self._steps():
            done[step.name] = step
            if step.outcome == FAILED:
                break
        skipped = "Not tried, because a step before failed."
        return [done.get(name) or Step(name, SKIPPED, skipped) for name in STEPS]

    def _steps(self):
        if self.line.kind == OTHER:  # some are reached over HTTP, some have no host at all
            own = "This broker's library does it by itself."
            for name in ("resolve", "connect", "tls"):
                yield Step(name, SKIPPED, own)
        else:
            started = time.perf_counter()
            try:
                found = socket.getaddrinfo(self.line.host, self.line.port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                words = f"The name {self.line.host} is not known in the network (DNS). Is it spelled right?"
                yield Step("resolve", FAILED, words, _ms(started))
                return
            names = ", ".join(list(dict.fromkeys(address[4][0] for address in found))[:4])
            yield Step("resolve", OK, f"{self.line.host} is {names}.", _ms(started))
            yield from self._connect()
        yield from self._enter()

    def _connect(self):
        started = time.perf_counter()
        line = self.line
        try:
            sock = socket.create_connection((line.host, line.port), timeout=line.connect_timeout)
        except OSError as error:
            yield Step("connect", FAILED, judge(error, line).detail, _ms(started))
            return
        with sock:
            yield Step("connect", OK, f"Connected to {line.host} port {line.port}.", _ms(started))
            yield self._secure(sock)

    def _secure(self, sock):
        line, started = self.line, time.perf_counter()
        if not line.secure:
            words = "What is sent can be read on the way. Use amqps or rediss outside of your own network."
            return Step("tls", WARNING, words)
        try:
            with line.tls_context().wrap_socket(sock, server_hostname=line.host) as secure:
                words = f"{secure.version()}, with a certificate that is trusted."
        except ssl.SSLCertVerificationError as error:
            return Step("tls", FAILED, judge(error, line).detail, _ms(started))
        except OSError as error:
            said = getattr(error, "reason", None) or error
            return Step("tls", FAILED, f"No secure connection with {line.host}: {said}.", _ms(started))
        return Step("tls", OK, words, _ms(started))

    def _enter(self):
        started = time.perf_counter()
        try:
            wire = wires.connect(self.line)
        except Exception as error:  # every transport has its own; judge() says what they mean
            yield Step("authenticate", FAILED, judge(error, self.line).detail, _ms(started))
            return
        try:
            yield self._entered(started)
            started = time.perf_counter()
            try:
                outcome, words = self._look(wire)
            except Exception as error:  # as above
                outcome, words = FAILED, judge(error, self.line, target=self.target).detail
            yield Step("answer", outcome, words, _ms(started))
        finally:
            wire.close()

    def _entered(self, started):
        if not self.line.login and not self.line.password:
            words = "The broker let us in without a password. Everybody else can do that as well."
            return Step("authenticate", WARNING, words, _ms(started))
        return Step("authenticate", OK, "The broker knows us.", _ms(started))

    def _look(self, wire):
        """Whether the exchange and the queues are there."""
        outcome, words = OK, []
        names = [("exchange", self.target.exchange, wire.has_exchange)]
        names += [("queue", name, wire.has_queue) for name in self.queues]
        if self.target.queue:
            names.append(("queue", self.target.queue, wire.has_queue))
        for kind, name, ask in names:
            there = ask(name)
            if there is None:
                continue
            if there:
                words.append(f"The {kind} {name} is there.")
            elif self.target.declare:
                words.append(f"The {kind} {name} is not there yet; it is created when it is needed.")
            else:
                outcome = FAILED
                words.append(
                    f"The {kind} {name} is not there. Create it, or switch on “Create what is missing”."
                )
        if self.line.kind != AMQP:
            words.append("The broker answers.")
        return outcome, " ".join(words)


def _ms(started):
    return round((time.perf_counter() - started) * 1000, 1)
