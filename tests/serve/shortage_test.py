"""A server that runs out of memory, connections or time: it refuses what it cannot do, goes on, and ends when it is asked to."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import tarfile
import time
from pathlib import Path

import endpoint
from endpoint import PING, instances, post

HALF = b"POST /invocations HTTP/1.1\r\nHost: h\r\nX-"


class Memory(endpoint.Case):
    """Less memory than the server wants, for a while."""

    def limit(self, server, spare):
        """From now on, the server gets no more than so many bytes."""
        pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[5])
        used = pages * resource.getpagesize()
        resource.prlimit(server.process.pid, resource.RLIMIT_DATA, (used + spare, resource.RLIM_INFINITY))

    def lift(self, server):
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(server.process.pid, resource.RLIMIT_DATA, unlimited)

    def half_sent(self, server, count):
        """So many clients that say no more, some of which the server has no memory for."""
        clients = []
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            client.settimeout(10)
            try:
                client.send(HALF)
            except OSError:
                pass
            clients.append(client)
        return clients

    def outcome(self, client):
        """The status; None where the connection was closed."""
        try:
            data = client.recv(1 << 12)
        except ConnectionResetError:
            return None
        return int(data.split()[1]) if data else None

    def test_limits_of_time_hold_behind_a_shortage(self):
        with self.serve("-headerSeconds", 2, "-thread", 1) as server:
            self.limit(server, 0)
            clients = self.half_sent(server, 1500)
            time.sleep(0.5)
            self.lift(server)
            outcomes = {self.outcome(client) for client in clients}
            self.assertLessEqual(outcomes, {408, 503, None})
            self.assert_serves(server)
            self.assertEqual(server.stop()[0], 0)
            for client in clients:
                client.close()

    def test_a_server_without_memory_ends_when_it_is_asked(self):
        with self.serve("-thread", 1, "-drainSeconds", 4) as server:
            self.limit(server, 0)
            clients = self.half_sent(server, 1500)
            status, seconds = server.stop()
            self.assertEqual(status, 0)
            self.assertLess(seconds, 5)
            for client in clients:
                client.close()

    def replace(self, model, target):
        shutil.copy(model, target.with_suffix(".new"))
        target.with_suffix(".new").rename(target)

    def assert_is_replaced(self, server):
        end = time.monotonic() + 20
        while sum(line.endswith("ready\n") for line in server.log) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(sum(line.endswith("ready\n") for line in server.log), 2, server.log)
        self.assert_serves(server)

    def test_a_model_that_finds_no_descriptor_is_taken_later(self):
        model = self.folder / "model.bin"
        shutil.copy(self.model(), model)
        with endpoint.Endpoint(self.program, model, "-thread", 1) as server:
            files = (server.files(), resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[1])
            before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, files)
            self.replace(self.model("hs"), model)
            time.sleep(3.5)
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)
            self.assertEqual(sum("stays in use" in line for line in server.log), 1, server.log)
            self.assert_is_replaced(server)

    def test_a_body_that_finds_no_memory_is_refused_at_once(self):
        with self.serve("-thread", 1) as server:
            self.limit(server, 16 << 20)
            begun = time.monotonic()
            body = b" " * (60 << 20)
            with server.client() as client:
                try:
                    client.send(post(body))
                except OSError:
                    pass
                self.assertIn(client.read()[0], (503, 507))
            self.assertLess(time.monotonic() - begun, 10)
            self.assert_serves(server)


class Connections(endpoint.Case):
    def test_who_finds_no_room_is_told_to_come_again(self):
        """Both connections are busy: the third client gets 503, those two their answers."""
        with self.serve("-connections", 2, "-thread", 1) as server:
            with server.client() as first, server.client() as second:
                body = post(instances(100_000))
                first.send(body)
                second.send(body)
                time.sleep(0.2)
                status, headers, _ = server.ask(PING)
                self.assertEqual((status, headers["retry-after"], headers["connection"]), (503, "1", "close"))
                self.assertEqual(first.read()[0], 200)
                self.assertEqual(second.read()[0], 200)


class Time(endpoint.Case):
    """From the request to stop to the end, it takes no longer than was said, whatever clients do."""

    def test_clients_that_do_not_read(self):
        with self.serve("-drainSeconds", 3) as server:
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", server.port))
            client.sendall(post(instances(100_000)))
            time.sleep(1)
            status, seconds = server.stop()
            client.close()
            self.assertEqual(status, 0)
            self.assertLess(seconds, 3)

    def test_a_model_that_is_still_being_loaded(self):
        archive = self.folder / "model.tar.gz"
        with tarfile.open(archive, "w:gz", compresslevel=0) as tar:
            model = tarfile.TarInfo("model.bin")
            model.size = 100 << 20  # of zeros: no model, which nobody is to learn
            with open("/dev/zero", "rb") as zeros:
                tar.addfile(model, zeros)
        process = subprocess.Popen([self.program, "serve", "-model", str(archive), "-port", "0"], stderr=subprocess.PIPE,
                                   env={**os.environ, "TMPDIR": str(self.folder)})
        self.addCleanup(process.stderr.close)
        process.stderr.readline()  # "listening"
        process.send_signal(signal.SIGTERM)
        self.assertEqual((process.wait(20), process.stderr.read()), (0, b""))


if __name__ == "__main__":
    endpoint.main()
