# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A server to be made into one of some kind: each connection is `serve`d by a thread of its own."""

import socket
import threading


class TCPServer:
    def __init__(self, **options):
        """Listens from now on; whoever connects is served from `go_on` on."""
        self._listener = socket.create_server(("127.0.0.1", 0), **options)
        self.port = self._listener.getsockname()[1]

    def go_on(self):
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        raise NotImplementedError
