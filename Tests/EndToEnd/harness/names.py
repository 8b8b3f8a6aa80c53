# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A name server of a test's own, for one program alone."""

import os
import random
import socket
import struct
import threading

import pytest

SERVER_FAILURE, NOT_FOUND = 2, 3


class NameServer:
    """Answers with the addresses in `known`, one list after the other where there are several; `how` is what else it does.

    `prefix` before a program gives it a view of the file system in which /etc/resolv.conf names this server and no other. Port 53 and
    that view are the superuser's.
    """

    def __init__(self, world):
        if os.geteuid() != 0:
            pytest.skip("only the superuser may take port 53, and another /etc/resolv.conf for one program")
        self.known, self.asked = {}, []
        self.how = "answer"
        """Or `silent`, or a code such as SERVER_FAILURE."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        while True:
            address = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}.53"
            try:
                self._socket.bind((address, 53))
                break
            except OSError:
                continue
        path = world.folder / f"resolv-{address}.conf"
        path.write_text(f"nameserver {address}\noptions timeout:1 attempts:1\n")
        self.prefix = ["unshare", "--mount", "--propagation", "private", "bash", "-c",
                       f"mount --bind {path} /etc/resolv.conf && exec \"$@\"", "-"]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                question, client = self._socket.recvfrom(4096)
            except OSError:
                return
            labels, place = [], 12
            while (length := question[place]) != 0:
                labels.append(question[place + 1:place + 1 + length].decode())
                place += 1 + length
            name, (kind,) = ".".join(labels).lower(), struct.unpack_from("!H", question, place + 1)
            self.asked.append(name)
            answer = self._answer(question[:2], question[12:place + 5], name, kind)
            if answer is not None:
                self._socket.sendto(answer, client)

    def _answer(self, number, question, name, kind):
        if self.how == "silent":
            return None
        addresses, code = self.known.get(name, []), 0
        if addresses and isinstance(addresses[0], list):
            # Only one kind of question goes on to the next list: both kinds are asked each time.
            addresses = addresses.pop(0) if kind == 1 and len(addresses) > 1 else addresses[0]
        if self.how != "answer":
            addresses, code = [], self.how
        elif not addresses:
            code = NOT_FOUND
        found = [socket.inet_aton(address) for address in addresses] if kind == 1 else []
        head = number + struct.pack("!HHHHH", 0x8180 | code, 1, len(found), 0, 0)
        return head + question + b"".join(struct.pack("!HHHIH", 0xC00C, 1, 1, 0, 4) + address for address in found)
