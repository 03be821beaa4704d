#!/usr/bin/python3
"""The STAMP reflector on every UDP port, as its clients and as attackers meet it. Runs in network
namespaces of its own: the reflector's machine is "far", clients and spoofed sources are here, and
the counters of the wire between tell who sent how much. First argument: mediapath."""

import ctypes
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from stamp_client import CLASS, SEEN, SERVED, Session, ports_of, ports_question, read_tlvs, tlv

if os.environ.get("MP_REFLECTOR_NAMESPACE") != "1":
    os.environ["MP_REFLECTOR_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "-Urnm", "--", sys.executable, *sys.argv])

MEDIAPATH = sys.argv.pop(1)
KEY = b"a key of sixteen bytes and more"
KEY_ID = 7
FAR, FAR_SECOND, FAR6 = "192.0.2.1", "192.0.2.2", "2001:db8::1"
NEAR, NEAR6 = "192.0.2.100", "2001:db8::100"
CLONE_NEWNET = 0x40000000


def run(*argv):
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def in_far(*argv):
    return ["ip", "netns", "exec", "far", *argv]


def set_up_wire():
    run("mount", "-t", "tmpfs", "none", "/run")
    os.mkdir("/run/netns")
    run("ip", "netns", "add", "far")
    run("ip", "link", "add", "wire0", "type", "veth", "peer", "name", "wire1", "netns", "far")
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", NEAR + "/24", "dev", "wire0")
    run("ip", "addr", "add", NEAR6 + "/64", "dev", "wire0", "nodad")
    run("ip", "link", "set", "wire0", "up")
    for address in (FAR + "/24", FAR_SECOND + "/24", FAR6 + "/64"):
        run("ip", "-n", "far", "addr", "add", address, "dev", "wire1",
            *(["nodad"] if ":" in address else []))
    run("ip", "-n", "far", "link", "set", "lo", "up")
    run("ip", "-n", "far", "link", "set", "wire1", "up")
    run("ip", "-n", "far", "route", "add", "default", "via", NEAR)
    # Every destination may have as many ICMP errors as there are.
    run(*in_far("sh", "-c", "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; "
                "echo 0 > /proc/sys/net/ipv6/icmp/ratelimit"))


def counters():
    """Bytes and packets toward the far end, and from it."""
    with open("/proc/self/net/dev") as file:
        line = next(line for line in file if line.strip().startswith("wire0:"))
    numbers = [int(word) for word in line.split(":")[1].split()]
    return numbers[8], numbers[9], numbers[0], numbers[1]


def open_socket(family=socket.AF_INET):
    client = socket.socket(family, socket.SOCK_DGRAM)
    client.settimeout(2)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    return client


def drain(client, seconds=0.3):
    answers = []
    while select.select([client], [], [], seconds)[0]:
        answers.append(client.recvfrom(65535))
    return answers


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def spoofed(source, source_port, destination, port, payload):
    """An IPv4 packet with a source of our choice."""
    addresses = socket.inet_aton(source) + socket.inet_aton(destination)
    udp = struct.pack(">HHHH", source_port, port, 8 + len(payload), 0) + payload
    pseudo = addresses + struct.pack(">BBH", 0, 17, len(udp))
    udp = udp[:6] + struct.pack(">H", checksum(pseudo + udp) or 0xffff) + udp[8:]
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses + udp


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def far_tables():
    return run(*in_far("nft", "list", "tables"))


class Reflector:
    """A running `mediapath responder` with a key, at the far end."""

    def __init__(self, *options, ports="1025-65535", prefix=()):
        self.directory = tempfile.TemporaryDirectory()
        keys = os.path.join(self.directory.name, "keys")
        with open(os.open(keys, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f"# test\n{KEY_ID} {KEY.decode()}\n8 hex:{'ab' * 32}\n")
        started = time.monotonic()
        # In the namespace by setns, so that the process is our own child.
        self.process = subprocess.Popen(
            [*prefix, MEDIAPATH, "responder", "--listen", f"{FAR}:8443", "--stamp-key-file", keys,
             "--reflect-ports", ports, "--ports", "20000-20099", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=self.join_far)
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith("ready "):
            raise AssertionError(self.end()[1])
        self.ready_seconds = time.monotonic() - started
        self.workers = children_of(self.process.pid)

    @staticmethod
    def join_far():
        with open("/run/netns/far") as place:
            if ctypes.CDLL(None).setns(place.fileno(), CLONE_NEWNET) != 0:
                raise OSError("setns")

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=20)
        self.directory.cleanup()
        return self.process.returncode, errors


class ReflectorTest(unittest.TestCase):
    options = ()

    def setUp(self):
        self.reflector = Reflector(*self.options)
        self.session = Session(KEY, KEY_ID)

    def tearDown(self):
        workers = self.reflector.workers
        code, errors = self.reflector.end()
        self.assertEqual(code, 0, errors)
        self.assertNotIn(KEY.decode(), errors)
        for worker in workers:
            self.assertFalse(os.path.exists(f"/proc/{worker}"))
        self.assertEqual(far_tables(), "")

    def ask(self, client, host, port, **what):
        packet = self.session.probe(**what)
        client.sendto(packet, (host, port))
        answer, source = client.recvfrom(65535)
        self.assertEqual((source[0], source[1]), (host, port))
        self.assertEqual(len(answer), len(packet))
        self.assertTrue(self.session.is_good(answer))
        return answer


class EveryPort(ReflectorTest):
    """What a client gets, by raw sockets."""

    spared = set()

    def expected(self, port):
        return port not in self.spared

    def test_every_port_of_every_address(self):
        with open_socket() as four, open_socket(socket.AF_INET6) as six:
            for port in {1025, 1026, 65534, 65535, *range(1031, 65535, 997)}:
                if not self.expected(port):
                    continue
                for client, host in ((four, FAR), (four, FAR_SECOND), (six, FAR6)):
                    self.ask(client, host, port)

    def test_the_answer_has_the_times_and_the_ttl(self):
        with open_socket() as client:
            client.setsockopt(socket.SOL_IP, socket.IP_TTL, 37)
            before = time.time()
            answer = self.ask(client, FAR, 5000)
            after = time.time()
            fields = struct.unpack_from(">IQHHQIQHxxB", answer)
            sent, received = (fields[i] / 2 ** 32 - 2208988800 for i in (1, 4))
            self.assertLessEqual(before - 0.001, received)
            self.assertLessEqual(received, sent)
            self.assertLessEqual(sent, after + 0.001)
            self.assertEqual(fields[5], self.session.sequence)
            self.assertEqual(fields[6], 0x1122334455667788)
            self.assertEqual(fields[8], 37)

    def test_class_of_service_both_ways(self):
        with open_socket() as client, open_socket(socket.AF_INET6) as six:
            client.setsockopt(socket.SOL_IP, socket.IP_TOS, 34 << 2 | 2)
            client.setsockopt(socket.SOL_IP, 13, 1)  # IP_RECVTOS
            six.setsockopt(socket.IPPROTO_IPV6, 67, 8 << 2)  # IPV6_TCLASS
            six.setsockopt(socket.IPPROTO_IPV6, 66, 1)  # IPV6_RECVTCLASS
            for sender, host, dscp, ecn in ((client, FAR, 34, 2), (six, FAR6, 8, 0)):
                packet = self.session.probe(extra=tlv(CLASS, struct.pack(">HH", 46 << 10, 0)))
                sender.sendto(packet, (host, 5001))
                answer, control, _, _ = sender.recvmsg(2000, 100)
                flags, value = read_tlvs(answer)[CLASS]
                bits = struct.unpack_from(">H", value)[0]
                self.assertEqual(flags, 0)
                self.assertEqual((bits >> 4 & 63, bits >> 2 & 3), (dscp, ecn))
                self.assertEqual(control[0][2][0], 46 << 2 | ecn)

    def test_fragments_come_back(self):
        with open_socket() as four, open_socket(socket.AF_INET6) as six:
            four.setsockopt(socket.SOL_IP, 10, 0)  # IP_MTU_DISCOVER: DF is off
            for client, host in ((four, FAR), (six, FAR6)):
                self.ask(client, host, 5002, padding=tlv(1, bytes(4000)))

    def test_what_was_seen_is_told(self):
        with open_socket() as client:
            for port in (5000, 5003, 40000):
                self.ask(client, FAR, port)
            answer = self.ask(client, FAR, 40000, extra=ports_question(SEEN, 4999, 8000))
            received, unanswered, largest, ports = ports_of(read_tlvs(answer)[SEEN][1])
            self.assertEqual((received, unanswered, largest, ports), (4, 0, len(answer),
                                                                      {5000, 5003}))

    def test_what_is_served_is_told(self):
        served = set()
        with open_socket() as client:
            for first in range(1025, 65536, 8000):
                count = min(8000, 65536 - first)
                answer = self.ask(client, FAR, 5004, extra=ports_question(SERVED, first, count))
                served |= ports_of(read_tlvs(answer)[SERVED][1])[3]
        self.assertEqual(served, {port for port in range(1025, 65536) if self.expected(port)})

    def test_authenticated_mode_of_other_tools(self):
        with open_socket() as client:
            packet = self.session.authenticated()
            client.sendto(packet, (FAR, 5005))
            answer, _ = client.recvfrom(2000)
            self.assertEqual(len(answer), 112)
            client.sendto(packet, (FAR, 5005))
            self.assertEqual(drain(client), [])

    def test_workers_are_confined(self):
        self.assertTrue(self.reflector.workers)
        for worker in self.reflector.workers:
            status = status_of(worker)
            self.assertEqual(status["Seccomp"], "2")
            self.assertEqual(int(status["CapEff"], 16), 0)
            self.assertEqual(int(status["CapPrm"], 16), 0)
            self.assertEqual(status["NoNewPrivs"], "1")
        # In a user namespace with root alone a process cannot become nobody, and a thread gives up
        # only its own: the one that waits for signals is older.
        status = status_of(self.reflector.process.pid)
        self.assertEqual(int(status["CapPrm"], 16) & ~(1 << 23), 0)  # but CAP_SYS_NICE
        self.assertEqual(status["NoNewPrivs"], "1")


class BoundSockets(EveryPort):
    """The same with one socket a port and no privilege but that of the test's namespace."""

    options = ("--reflect", "sockets")
    spared = {3478, *range(20000, 20100), *range(60488, 61000)}

    def test_it_says_what_it_costs(self):
        self.assertGreaterEqual(len(self.reflector.workers), 4)


class Neighbours(ReflectorTest):
    """Other programs of the far machine keep their ports."""

    def test_no_port_is_taken_away(self):
        echo = ("import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                "s.bind(('0.0.0.0', 6000))\nprint('ready', flush=True)\n"
                "while True:\n data, who = s.recvfrom(2000)\n s.sendto(data[::-1], who)\n")
        with subprocess.Popen(in_far(sys.executable, "-c", echo), stdout=subprocess.PIPE,
                              text=True) as server, open_socket() as client:
            self.assertEqual(server.stdout.readline(), "ready\n")
            for _ in range(3):
                client.sendto(b"live", (FAR, 6000))
                self.assertEqual(client.recvfrom(100)[0], b"evil")
            server.kill()

    def test_the_kernel_does_not_say_unreachable(self):
        for family, host in ((socket.AF_INET, FAR), (socket.AF_INET6, FAR6)):
            with self.subTest(host=host), open_socket(family) as client:
                client.connect((host, 7000))  # such a socket fails with what ICMP says
                self.assertTrue(self.is_refused(client))
                for _ in range(20):
                    packet = self.session.probe()
                    client.send(packet)
                    self.assertEqual(len(client.recv(2000)), len(packet))

    @staticmethod
    def is_refused(client):
        """What is no STAMP still gets the kernel's answer, of which there are 1000 a second."""
        for _ in range(20):
            try:
                client.send(b"no STAMP")
                drain(client, 0.1)
            except ConnectionRefusedError:
                return True
        return False


class Attacks(ReflectorTest):
    """Nobody without the key gets anything, and nobody gets more than he sent."""

    def amplification(self, before):
        sent_bytes, sent, got_bytes, got = (b - a for a, b in zip(before, counters()))
        return got_bytes / sent_bytes, got / sent

    def test_garbage_wrong_keys_and_replay_get_silence(self):
        strangers = [Session(KEY[:-1], KEY_ID), Session(KEY, 8), Session(KEY, 9)]
        with open_socket() as client:
            packet = self.session.probe()
            client.sendto(packet, (FAR, 5000))
            self.assertEqual(len(drain(client)), 1)
            attacks = [packet, packet[:-1], packet + b"x", bytes(80), os.urandom(80),
                       os.urandom(1400), b"", *(stranger.probe() for stranger in strangers),
                       strangers[0].authenticated()]
            for offset in (*range(4), *range(44, 80)):
                if offset != 60:  # the flags of the HMAC TLV are not under the HMAC
                    attacks.append(packet[:offset] + bytes([packet[offset] ^ 1]) +
                                   packet[offset + 1:])
            for attack in attacks:
                client.sendto(attack, (FAR, 2049))
            self.assertEqual([a for a in drain(client) if a[1][1] == 2049 and len(a[0]) > 0], [])

    def test_a_replay_from_a_spoofed_source_gets_silence(self):
        with open_socket() as client, socket.socket(
                socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw, socket.socket(
                    socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as wire:
            packet = self.session.probe()
            client.sendto(packet, (FAR, 5000))
            drain(client)
            self.assertEqual(len(self.datagrams_from_far(wire)), 1)
            for host in range(1, 200):
                raw.sendto(spoofed(f"198.51.100.{host}", 53, FAR, 5000 + host, packet), (FAR, 0))
            self.assertEqual(self.datagrams_from_far(wire), [])

    @staticmethod
    def datagrams_from_far(wire):
        return [packet for packet, where in drain(wire)
                if where[2] != socket.PACKET_OUTGOING and packet[9] == socket.IPPROTO_UDP]

    def test_two_reflectors_do_not_answer_each_other(self):
        run(*in_far("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/accept_local"))
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
            before = self.packets_of_far()
            for port in range(2000, 2050):
                # From the other address of the same reflector: its answer goes to itself.
                raw.sendto(spoofed(FAR_SECOND, port, FAR, port, self.session.probe()), (FAR, 0))
            deadline = time.monotonic() + 5
            while self.packets_of_far() - before < 50 and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.3)
            sent = self.packets_of_far() - before
            # 50 answers, and about each at most two ICMP errors of the kernel; no end otherwise.
            self.assertGreaterEqual(sent, 50)
            self.assertLessEqual(sent, 150)

    def packets_of_far(self):
        with open(f"/proc/{self.reflector.workers[0]}/net/snmp") as file:
            names, numbers = (line.split() for line in file if line.startswith("Ip:"))
        return int(numbers[names.index("OutRequests")])

    def test_amplification_of_every_kind_of_traffic(self):
        with open_socket() as client:
            before = counters()
            for i in range(2000):
                client.sendto(self.session.probe(), (FAR, 1025 + i * 32))
                if i % 10 == 0:
                    client.sendto(self.session.probe(extra=ports_question(SEEN, 1025, 8000)),
                                  (FAR, 2000 + i))
                    client.sendto(self.session.authenticated(), (FAR, 2000 + i))
                    client.sendto(os.urandom(i % 1400), (FAR, 2000 + i))
                drain(client, 0)
            drain(client)
            by_bytes, by_packets = self.amplification(before)
            print(f"\namplification: {by_bytes:.3f} in bytes, {by_packets:.3f} in packets")
            self.assertLessEqual(by_bytes, 1.0)
            self.assertLessEqual(by_packets, 1.0)
            self.assertGreater(by_packets, 0.8)

    def test_memory_stays_under_floods(self):
        with open_socket() as client:
            self.flood(client)
            before = self.memory()
            for _ in range(3):
                self.flood(client)
            # The 32 sessions of a source, which may have been written in part before.
            self.assertLess(self.memory() - before, 32 * 17 + 128)
            self.assertLess(self.memory(), 8192)
            # It still serves those that it knew.
            packet = self.session.probe()
            client.sendto(packet, (FAR, 5000))
            self.assertIn(len(packet), [len(answer) for answer, _ in drain(client)])

    def test_what_its_own_socket_lost_is_told(self):
        packets = [self.session.probe() for _ in range(30000)]
        with open_socket() as client:
            client.sendto(packets[0], (FAR, 5000))
            self.assertEqual(len(drain(client)), 1)
            os.kill(self.reflector.workers[0], signal.SIGSTOP)
            for packet in packets[1:]:
                client.sendto(packet, (FAR, 5000))
            os.kill(self.reflector.workers[0], signal.SIGCONT)
            drain(client)
            client.sendto(self.session.probe(extra=ports_question(SEEN, 5000, 8)), (FAR, 5000))
            value = read_tlvs(drain(client)[-1][0])[SEEN][1]
            received, overflows = ports_of(value)[0], struct.unpack_from(">H", value, 14)[0]
            self.assertGreater(overflows, 0)
            self.assertEqual(received + overflows, len(packets) + 1)

    def memory(self):
        """kB that are the reflector's own, with what its processes share."""
        total = 0
        for worker in self.reflector.workers:
            with open(f"/proc/{worker}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        return total

    def flood(self, client):
        client.sendto(self.session.probe(), (FAR, 5000))
        for i in range(400):  # more sessions than it keeps
            client.sendto(Session(KEY, KEY_ID).probe(), (FAR, 1025 + i))
        stranger = Session(b"not the key at all", KEY_ID)
        wrong = stranger.probe()
        for i in range(30000):
            client.sendto(wrong if i % 2 else os.urandom(80), (FAR, 1025 + i))
            if i % 1000 == 0:
                drain(client, 0)
        drain(client)

    def test_stun_is_answered_within_limits(self):
        request = struct.pack(">HHI", 1, 0, 0x2112A442) + os.urandom(12)
        with open_socket() as client:
            for _ in range(3000):
                client.sendto(request, (FAR, 3478))
            answers = len(drain(client))
            print(f"\nSTUN: {answers} answers to 3000 requests of one source")
            self.assertGreater(answers, 100)
            self.assertLess(answers, 1000)


class Ends(unittest.TestCase):
    """However it ends, nothing is left."""

    def test_killed(self):
        for options in ((), ("--reflect", "sockets")):
            with self.subTest(options=options):
                reflector = Reflector(*options)
                self.assertEqual("mediapath-" in far_tables(), not options)
                self.assertEqual(reflector.end(signal.SIGKILL)[0], -signal.SIGKILL)
                deadline = time.monotonic() + 5
                while any(os.path.exists(f"/proc/{worker}") and
                          status_of(worker)["State"][0] != "Z" for worker in reflector.workers):
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.01)
                while far_tables():
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.01)

    def test_a_worker_that_dies_ends_the_responder(self):
        reflector = Reflector()
        os.kill(reflector.workers[0], signal.SIGKILL)
        code, errors = reflector.process.wait(timeout=10), reflector.process.stderr.read()
        reflector.end()
        self.assertEqual(code, 3)
        self.assertIn("a process of the reflector has ended", errors)

    def test_a_port_in_use_is_left_alone(self):
        with subprocess.Popen(in_far(
                sys.executable, "-c", "import socket, time\n"
                "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                "s.bind(('0.0.0.0', 6000))\nprint('ready', flush=True)\ntime.sleep(60)"),
                stdout=subprocess.PIPE, text=True) as other:
            self.assertEqual(other.stdout.readline(), "ready\n")
            reflector = Reflector("--reflect", "sockets", ports="5990-6009")
            with open_socket() as client:
                session = Session(KEY, KEY_ID)
                client.sendto(session.probe(extra=ports_question(SERVED, 5980, 40)), (FAR, 5990))
                answer = client.recv(2000)
            self.assertEqual(ports_of(read_tlvs(answer)[SERVED][1])[3],
                             set(range(5990, 6010)) - {6000})
            self.assertIn("1 of other programs", reflector.end()[1])
            other.kill()

    def test_without_the_right_to_raw_sockets(self):
        prefix = ("setpriv", "--inh-caps=-net_raw", "--bounding-set=-net_raw", "--")
        reflector = Reflector(ports="5990-6009", prefix=prefix)
        with open_socket() as client:
            client.sendto(Session(KEY, KEY_ID).probe(), (FAR, 6000))
            self.assertEqual(client.recvfrom(2000)[1], (FAR, 6000))
        self.assertIn("by bound sockets in 1 processes", reflector.end()[1])
        with self.assertRaisesRegex(AssertionError, "CAP_NET_RAW"):
            Reflector("--reflect", "lean", prefix=prefix)

    def test_media_that_may_be_everywhere_leaves_the_ports_to_bound_sockets(self):
        reflector = Reflector("--reflect", "sockets", "--ports", "1025-65535")
        self.assertIn("STAMP on 63998 of the UDP ports", reflector.end()[1])

    def test_it_is_ready_at_once(self):
        reflector = Reflector()
        print(f"\nready in {reflector.ready_seconds * 1000:.0f} ms, "
              f"{status_of(reflector.workers[0])['RssAnon'].strip()} of its own")
        self.assertEqual(reflector.end()[0], 0)
        self.assertLess(reflector.ready_seconds, 2)


if __name__ == "__main__":
    set_up_wire()
    unittest.main(verbosity=2)
