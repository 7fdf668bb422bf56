"""A line that can be cut: it stands between Odoo and a broker, and goes dead at a chosen word."""

import contextlib
import selectors
import socket
import threading


class Wiretap:
    """Passes everything on to ``port``, until :meth:`cut` heard what it was told to wait for.

    :ivar port: where to connect instead
    :ivar caught: set when the word came; nothing has passed since, in any direction
    """

    def __init__(self, port):
        self.target = port
        self.caught = threading.Event()
        self._word, self._from_client = None, True

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._listener.close()

    def cut(self, word, from_client=True):
        """Go dead when these bytes are about to pass; the line stays open, and silent."""
        self.caught.clear()
        self._word, self._from_client = word, from_client

    def mend(self):
        """Lines made from now on work."""
        self._word = None
        self.caught.clear()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client):
        with contextlib.suppress(OSError), client, selectors.DefaultSelector() as selector:
            with socket.create_connection(("127.0.0.1", self.target)) as broker:
                selector.register(client, selectors.EVENT_READ, (broker, True))
                selector.register(broker, selectors.EVENT_READ, (client, False))
                while True:
                    for key, _events in selector.select():
                        other, is_client = key.data
                        if not (data := key.fileobj.recv(65536)):
                            return
                        if self._word and is_client == self._from_client and self._word in data:
                            self.caught.set()
                            self._stay_dead(client)
                            return
                        other.sendall(data)

    @staticmethod
    def _stay_dead(client):
        """Until the other side has gone away: what it still says is not passed on."""
        while client.recv(65536):
            pass
