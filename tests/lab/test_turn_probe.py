#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The TURN probe against real coturn servers on loopback, one finding a test.

Usage: test_turn_probe.py RUN_PROBE RUN_TURN_CODES. Every server listens on a free port of 127.0.0.1, with a
configuration of its own, and dies with this process whatever happens to it.
"""
import ctypes
import hashlib
import heapq
import hmac
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

RUN_PROBE = None
RUN_CODES = None
USER, PASSWORD, REALM, SECRET = 'tester', 'right-password', 'test.lab', 'shared-secret'
OTHER_USER, OTHER_PASSWORD = 'stranger', 'other-password'
COOKIE = 0x2112A442
READY_SECONDS = 20
STAGES = ['resolve', 'binding', 'allocate', 'permission', 'send', 'channel', 'data',
          'refresh']


GIVEN_PORTS = set()


def free_port():
    """A port that is free for both TCP and UDP now; below the ephemeral range, so that no
    connecting socket takes it before the server does. None is given twice: coturn's listeners
    share a port (SO_REUSEPORT), and each connection would reach either server."""
    while True:
        port = 10000 + int.from_bytes(os.urandom(2), 'big') % 20000
        if port in GIVEN_PORTS:
            continue
        GIVEN_PORTS.add(port)
        try:
            for each in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, each) as probe:
                    probe.bind(('127.0.0.1', port))
            return port
        except OSError:
            continue


def stun_message(method, attributes, identifier, key=None):
    """A request, signed with the key if there is one."""
    body = b''
    for kind, value in attributes:
        body += struct.pack('!HH', kind, len(value)) + value + b'\0' * (-len(value) % 4)
    if key:
        header = struct.pack('!HHI', method, len(body) + 24, COOKIE) + identifier
        body += struct.pack('!HH', 8, 20) + hmac.new(key, header + body, hashlib.sha1).digest()
    return struct.pack('!HHI', method, len(body), COOKIE) + identifier + body


def stun_attributes(message):
    at, found = 20, {}
    while at + 4 <= len(message):
        kind, length = struct.unpack_from('!HH', message, at)
        found.setdefault(kind, message[at + 4:at + 4 + length])
        at += 4 + length + -length % 4
    return found


class Allocation:
    """An allocation that somebody else holds."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect(('127.0.0.1', port))
        self.key = hashlib.md5(f'{USER}:{REALM}:{PASSWORD}'.encode()).digest()
        self.nonce = b''
        refused = self.ask(3, [(0x19, b'\x11\0\0\0')], None)
        self.nonce = stun_attributes(refused)[0x15]
        granted = self.ask(3, [(0x19, b'\x11\0\0\0')], self.key)
        assert granted[:2] == b'\x01\x03', granted

    def ask(self, method, attributes, key):
        if key:
            attributes = attributes + [(6, USER.encode()), (0x14, REALM.encode()),
                                       (0x15, self.nonce)]
        self.socket.send(stun_message(method, attributes, os.urandom(12), key))
        return self.socket.recv(2048)

    def close(self):
        self.ask(4, [(0xD, b'\0\0\0\0')], self.key)
        self.socket.close()


class Coturn:
    """One turnserver with its own configuration."""

    def __init__(self, folder, name, lines, has_users=True, port=None):
        self.port, self.tls_port = port or free_port(), free_port()
        base = os.path.join(folder, name)
        own = [
            'listening-ip=127.0.0.1', 'relay-ip=127.0.0.1', f'listening-port={self.port}',
            f'tls-listening-port={self.tls_port}', f'realm={REALM}', 'allow-loopback-peers',
            'no-cli', 'no-rfc5780', f'cert={folder}/certificate.pem', f'pkey={folder}/key.pem',
            f'log-file={base}.log', 'simple-log', f'pidfile={base}.pid', f'userdb={base}.db',
            'relay-threads=1',
        ]
        if has_users:
            own += ['lt-cred-mech', f'user={USER}:{PASSWORD}',
                    f'user={OTHER_USER}:{OTHER_PASSWORD}']
        if not any(line.startswith('min-port') for line in lines):
            own += ['min-port=40000', 'max-port=49999']
        with open(f'{base}.conf', 'w', encoding='ascii') as config:
            config.write('\n'.join(own + lines) + '\n')
        self.log = f'{base}.log'
        self.process = subprocess.Popen(
            ['turnserver', '-c', f'{base}.conf'], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)

    def wait_until_ready(self):
        """Asks for a Binding until it is answered, then for a TLS connection."""
        deadline = time.monotonic() + READY_SECONDS
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.1)
            client.connect(('127.0.0.1', self.port))
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    client.send(stun_message(1, [], os.urandom(12)))
                    client.recv(2048)
                    return
                except OSError:
                    select.select([], [], [], 0.02)
        raise RuntimeError(f'coturn did not get ready, see {self.log}')

    def stop(self):
        self.process.kill()
        self.process.wait()


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class SlowPath(threading.Thread):
    """Forwards UDP to a server and back, each datagram 150 ms later."""

    DELAY = 0.15

    def __init__(self, server_port):
        super().__init__(daemon=True)
        self.server = ('127.0.0.1', server_port)
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(('127.0.0.1', 0))
        self.port = self.front.getsockname()[1]
        self.backs, self.queue, self.count = {}, [], 0
        self.stopped_read, self.stopped_write = os.pipe()

    def put(self, send):
        self.count += 1
        heapq.heappush(self.queue, (time.monotonic() + self.DELAY, self.count, send))

    def take_from_client(self):
        data, client = self.front.recvfrom(2048)
        if client not in self.backs:
            back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.connect(self.server)
            self.backs[client] = back
        self.put(lambda: self.backs[client].send(data))

    def take_from_server(self, back):
        client = next(key for key, value in self.backs.items() if value is back)
        data = back.recv(2048)
        self.put(lambda: self.front.sendto(data, client))

    def run(self):
        while True:
            wait = max(0, self.queue[0][0] - time.monotonic()) if self.queue else None
            watched = [self.stopped_read, self.front, *self.backs.values()]
            ready = select.select(watched, [], [], wait)[0]
            if self.stopped_read in ready:
                return
            for each in ready:
                if each is self.front:
                    self.take_from_client()
                else:
                    self.take_from_server(each)
            while self.queue and self.queue[0][0] <= time.monotonic():
                heapq.heappop(self.queue)[2]()

    def stop(self):
        os.write(self.stopped_write, b'x')
        self.join()
        for each in [self.front, *self.backs.values()]:
            each.close()
        os.close(self.stopped_read)
        os.close(self.stopped_write)


class OddPath(threading.Thread):
    """Forwards UDP to a server and back; `judge` sees each datagram of the client with the number
    of its socket, and each of the server with None: False drops it, bytes are the answer."""

    def __init__(self, server_port, judge):
        super().__init__(daemon=True)
        self.server = ('127.0.0.1', server_port)
        self.judge = judge
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(('127.0.0.1', 0))
        self.port = self.front.getsockname()[1]
        self.backs = {}
        self.stopped_read, self.stopped_write = os.pipe()

    def take_from_client(self):
        data, client = self.front.recvfrom(2048)
        if client not in self.backs:
            self.backs[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.backs[client].connect(self.server)
        verdict = self.judge(data, list(self.backs).index(client))
        if isinstance(verdict, bytes):
            self.front.sendto(verdict, client)
        elif verdict:
            self.backs[client].send(data)

    def take_from_server(self, client):
        data = self.backs[client].recv(2048)
        if self.judge(data, None):
            self.front.sendto(data, client)

    def run(self):
        while True:
            watched = [self.stopped_read, self.front, *self.backs.values()]
            ready = select.select(watched, [], [])[0]
            if self.stopped_read in ready:
                return
            if self.front in ready:
                self.take_from_client()
            for client in [key for key, back in self.backs.items() if back in ready]:
                self.take_from_server(client)

    def stop(self):
        os.write(self.stopped_write, b'x')
        self.join()
        for each in [self.front, *self.backs.values()]:
            each.close()
        os.close(self.stopped_read)
        os.close(self.stopped_write)


class WebServer(threading.Thread):
    """Answers every connection like a web server that understands nothing."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        try:
            while True:
                with self.listener.accept()[0] as connection:
                    connection.recv(4096)
                    connection.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
        except OSError:
            return

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join()


class Redirector(threading.Thread):
    """TURN over TLS that sends everybody to another port of 127.0.0.1, under the name of a domain."""

    def __init__(self, folder, port, domain):
        super().__init__(daemon=True)
        self.alternate, self.domain = port, domain.encode()
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f'{folder}/certificate.pem', f'{folder}/key.pem')

    def answer(self, request):
        if request[:2] == b'\0\1':
            kind, attributes = 0x101, [(0x20, struct.pack('!BBHI', 0, 1, 0, 0))]
        else:
            address = struct.pack('!BBH4B', 0, 1, self.alternate, 127, 0, 0, 1)
            kind, attributes = 0x113, [(9, b'\0\0\3\0'), (0x8023, address), (0x8003, self.domain)]
        return stun_message(kind, attributes, request[8:20])

    def serve(self, connection):
        with self.context.wrap_socket(connection, server_side=True) as tls:
            while header := tls.recv(20):
                request = header + tls.recv(struct.unpack_from('!H', header, 2)[0])
                tls.sendall(self.answer(request))

    def run(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            try:
                self.serve(connection)
            except OSError:
                connection.close()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.join()


class TurnProbe(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='turn-probe-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.write_certificate()
        cls.write_secret('password', PASSWORD)
        cls.write_secret('wrong', 'not-the-password')
        cls.write_secret('secret', SECRET)
        blocked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        cls.addClassCleanup(blocked.close)
        blocked.bind(('127.0.0.1', 0))
        taken = blocked.getsockname()[1]
        cls.other_port = free_port()
        configurations = {
            'plain': ([], True),
            'quota': (['user-quota=1'], True),
            'single': (['user-quota=1'], True),
            'pair': (['user-quota=2'], True),
            'exhausted': ([f'min-port={taken}', f'max-port={taken}'], True),
            'denied': (['denied-peer-ip=127.0.0.1'], True),
            'moved': ([f'alternate-server=127.0.0.1:{cls.other_port}'], True),
            'dual': (['relay-ip=::1'], True),
            'stale': (['stale-nonce=1'], True),
            'no-tcp-relay': (['no-tcp-relay'], True),
            'open': (['no-auth'], False),
            'rest': (['use-auth-secret', f'static-auth-secret={SECRET}'], False),
        }
        cls.servers = {}
        for name, (lines, has_users) in configurations.items():
            cls.start(name, lines, has_users)
        plain = cls.servers['plain'].port
        cls.start('forwarding', [f'alternate-server=127.0.0.1:{plain}'])
        second = free_port()
        cls.start('circle', [f'alternate-server=127.0.0.1:{second}'])
        cls.start('back', [f'alternate-server=127.0.0.1:{cls.servers["circle"].port}'],
                  port=second)
        for server in cls.servers.values():
            server.wait_until_ready()

    @classmethod
    def start(cls, name, lines, has_users=True, port=None):
        cls.servers[name] = Coturn(cls.folder, name, lines, has_users, port)
        cls.addClassCleanup(cls.servers[name].stop)

    @classmethod
    def write_certificate(cls):
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
             '-nodes', '-keyout', f'{cls.folder}/key.pem', '-out', f'{cls.folder}/certificate.pem',
             '-days', '2', '-subj', '/CN=turn.lab', '-addext',
             'subjectAltName=IP:127.0.0.1,DNS:turn.lab'],
            check=True, capture_output=True)

    @classmethod
    def write_secret(cls, name, text):
        path = os.path.join(cls.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='ascii') as file:
            file.write(text + '\n')

    def probe(self, uri, kind='turn', password='password', user=USER, secret=None, ca=True,
              deadline=6):
        command = [RUN_PROBE, kind, uri, f'--deadline={deadline}']
        if user:
            command.append(f'--user={user}')
        if password:
            command.append(f'--password-file={self.folder}/{password}')
        if secret:
            command.append(f'--secret-file={self.folder}/{secret}')
        if ca:
            command.append(f'--ca-file={self.folder}/certificate.pem')
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(time.monotonic() - began, deadline + 1)
        for text in (PASSWORD, SECRET):
            self.assertNotIn(text.encode(), done.stdout + done.stderr)
        return json.loads(done.stdout)

    def uri(self, name, transport='udp'):
        server = self.servers[name]
        if transport in ('tls', 'dtls'):
            below = 'tcp' if transport == 'tls' else 'udp'
            return f'turns:127.0.0.1:{server.tls_port}?transport={below}'
        return f'turn:127.0.0.1:{server.port}?transport={transport}'

    def probe_after_release(self, uri):
        """Until no quota is in the way: coturn gives it back a second after the Refresh with
        lifetime 0. An allocation that was left behind would stay for ten minutes."""
        deadline = time.monotonic() + 10
        while True:
            measurement = self.probe(uri)
            details = [stage.get('detail', '') for stage in measurement['facts']['stages']]
            if time.monotonic() > deadline or not any('Quota' in text for text in details):
                return measurement
            select.select([], [], [], 0.1)

    def broken(self, measurement):
        """The last stage, which broke; all before it were answered."""
        stages = measurement['facts']['stages']
        for stage in stages[:-1]:
            self.assertEqual(stage['outcome'], 'answered', stages)
        last = stages[-1]
        self.assertNotEqual(last['outcome'], 'answered', stages)
        self.assertEqual(measurement['outcome'], last['outcome'])
        return last

    def assert_broken(self, measurement, name, outcome, code=None):
        stage = self.broken(measurement)
        self.assertEqual((stage['name'], stage['outcome'], stage.get('code')),
                         (name, outcome, code), stage)
        return stage

    def assert_answered(self, measurement, stages):
        seen = measurement['facts']['stages']
        self.assertEqual([stage['name'] for stage in seen], stages, seen)
        self.assertEqual({stage['outcome'] for stage in seen}, {'answered'}, seen)
        self.assertEqual(measurement['outcome'], 'answered')

    def test_udp_is_answered(self):
        measurement = self.probe(self.uri('plain'))
        facts = measurement['facts']
        self.assert_answered(measurement, STAGES)
        self.assertEqual(facts['auth'], 'long-term')
        self.assertEqual(facts['realm'], REALM)
        self.assertEqual(facts['lifetime_s'], 600)
        self.assertEqual(facts['mapped_address'], facts['local_address'])
        self.assertTrue(facts['relayed_address'].startswith('127.0.0.1:4'))
        self.assertIn('oturn', facts['software'])
        self.assertEqual(facts['requests_sent'], 6)
        self.assertGreater(facts['data_rtt_ms'], 0)
        rtt = facts['rtt_ms']
        self.assertLessEqual(rtt['min'], rtt['p50'])
        self.assertLessEqual(rtt['p50'], rtt['max'])
        self.assertGreater(facts['send_rtt_ms'], 0)
        self.assertEqual(facts['refreshed_lifetime_s'], 600)
        self.assertEqual([stage for stage in facts['stages'] if 'detail' in stage], [])

    def test_tcp_is_answered(self):
        measurement = self.probe(self.uri('plain', 'tcp'))
        self.assert_answered(measurement, ['resolve', 'connect'] + STAGES[1:])

    def test_tls_is_answered_with_a_verified_chain(self):
        measurement = self.probe(self.uri('plain', 'tls'))
        tls = measurement['facts']['tls']
        self.assert_answered(measurement, ['resolve', 'connect', 'tls'] + STAGES[1:])
        self.assertEqual(tls['verify'], 'ok')
        self.assertIn(tls['version'], ('TLSv1.2', 'TLSv1.3'))
        self.assertEqual(tls['chain'][0]['subject'], 'CN=turn.lab')
        self.assertEqual(tls['server_name'], '127.0.0.1')

    def test_dtls_is_answered_with_a_verified_chain(self):
        measurement = self.probe(self.uri('plain', 'dtls'))
        tls = measurement['facts']['tls']
        self.assert_answered(measurement, ['resolve', 'tls'] + STAGES[1:])
        self.assertEqual((tls['version'], tls['verify']), ('DTLSv1.2', 'ok'))
        self.assertEqual(tls['chain'][0]['subject'], 'CN=turn.lab')

    def test_dtls_with_a_certificate_that_nobody_trusts_is_intercepted(self):
        measurement = self.probe(self.uri('plain', 'dtls'), ca=False)
        self.assert_broken(measurement, 'tls', 'intercepted')
        self.assertEqual(measurement['facts']['tls']['chain'][0]['issuer'], 'CN=turn.lab')

    def test_dtls_to_nobody_is_refused_and_to_a_deaf_one_silent(self):
        refused = self.probe(f'turns:127.0.0.1:{free_port()}?transport=udp')
        self.assertEqual(self.assert_broken(refused, 'tls', 'refused')['icmp_type'], 3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind(('127.0.0.1', 0))
            port = deaf.getsockname()[1]
            silent = self.probe(f'turns:127.0.0.1:{port}?transport=udp', deadline=2)
        self.assert_broken(silent, 'tls', 'silent')

    def test_stun_is_answered_every_time(self):
        measurement = self.probe(f'stun:127.0.0.1:{self.servers["plain"].port}', kind='stun')
        facts = measurement['facts']
        self.assert_answered(measurement, ['resolve', 'binding'])
        self.assertEqual((facts['requests_sent'], facts['responses_received']), (20, 20))
        self.assertEqual((facts['loss']['transactions'], facts['loss']['percent']), (20, 0))
        self.assertEqual(facts['mapped_address'], facts['local_address'])

    def test_wrong_password_is_401_after_authentication(self):
        measurement = self.probe(self.uri('plain'), password='wrong')
        self.assert_broken(measurement, 'allocate', 'auth_failed', 401)

    def test_missing_credentials_are_told_apart_from_wrong_ones(self):
        measurement = self.probe(self.uri('plain'), user=None, password=None)
        stage = self.assert_broken(measurement, 'allocate', 'auth_failed', 401)
        self.assertIn('none were given', stage['detail'])

    def test_quota_in_use_is_486(self):
        holder = Allocation(self.servers['quota'].port)
        try:
            measurement = self.probe(self.uri('quota'))
        finally:
            holder.close()
        self.assert_broken(measurement, 'allocate', 'quota', 486)

    def test_quota_of_one_is_enough_for_the_data_stage(self):
        measurement = self.probe(self.uri('single'))
        self.assert_answered(measurement, STAGES)
        details = {stage['name']: stage.get('detail') for stage in measurement['facts']['stages']}
        self.assertIn('Quota', details['send'])
        self.assertIn('Quota', details['data'])
        self.assertNotIn('ipv6_relay', measurement['facts'])

    def test_every_allocation_is_given_back(self):
        for transport in ('udp', 'tcp', 'tls', 'dtls', 'udp'):
            measurement = self.probe_after_release(self.uri('pair', transport))
            self.assertEqual(measurement['outcome'], 'answered', transport)
            details = [stage.get('detail') for stage in measurement['facts']['stages']]
            self.assertEqual(set(details), {None}, transport)

    def test_exhausted_relay_ports_are_508(self):
        self.assert_broken(self.probe(self.uri('exhausted')), 'allocate', 'quota', 508)

    def test_denied_peer_is_403(self):
        self.assert_broken(self.probe(self.uri('denied')), 'permission', 'refused', 403)

    def test_a_dead_alternate_server_breaks_the_redirection(self):
        measurement = self.probe(self.uri('moved'))
        self.assert_broken(measurement, 'redirect', 'refused')
        self.assertEqual(measurement['facts']['alternate_server'], f'127.0.0.1:{self.other_port}')
        self.assertNotIn('served_by', measurement['facts'])

    def test_an_alternate_server_is_asked_with_the_same_credentials(self):
        plain = self.servers['plain'].port
        for transport in ('udp', 'tcp'):
            measurement = self.probe(self.uri('forwarding', transport))
            stages = STAGES[:2] + ['redirect'] + STAGES[2:]
            self.assert_answered(measurement, stages if transport == 'udp'
                                 else ['resolve', 'connect'] + stages[1:])
            facts = measurement['facts']
            self.assertEqual(facts['served_by'], f'127.0.0.1:{plain}')
            self.assertEqual(facts['server_address'], f'127.0.0.1:{self.servers["forwarding"].port}')

    def test_the_domain_of_a_redirection_is_what_its_certificate_must_bear(self):
        for domain, outcome in (('turn.lab', 'answered'), ('other.example', 'intercepted')):
            server = Redirector(self.folder, self.servers['plain'].tls_port, domain)
            server.start()
            try:
                measurement = self.probe(f'turns:127.0.0.1:{server.port}')
            finally:
                server.stop()
            self.assertEqual(self.outcomes(measurement)['redirect'], outcome)
            self.assertEqual(measurement['outcome'], outcome)
            self.assertEqual(measurement['facts'].get('served_by_name'),
                             domain if outcome == 'answered' else None)

    def test_servers_that_send_to_one_another_are_a_loop(self):
        measurement = self.probe(self.uri('circle'))
        stage = self.broken(measurement)
        self.assertEqual((stage['name'], stage['outcome'], stage['code']),
                         ('allocate', 'redirected', 300))
        self.assertIn('asked before', stage['detail'])

    def along(self, judge, name='plain', deadline=12):
        path = OddPath(self.servers[name].port, judge)
        path.start()
        try:
            return self.probe(f'turn:127.0.0.1:{path.port}', deadline=deadline)
        finally:
            path.stop()

    def test_437_is_answered_by_a_new_5_tuple_once(self):
        def mismatch(first):
            def judge(data, client):
                has_user = data[:2] == b'\0\x03' and 6 in stun_attributes(data)
                if client is None or client >= first or not has_user:
                    return True
                return (struct.pack('!HHI', 0x113, 8, COOKIE) + data[8:20] +
                        struct.pack('!HHHBB', 9, 4, 0, 4, 37))
            return judge
        measurement = self.along(mismatch(1))
        facts = measurement['facts']
        self.assert_answered(measurement, STAGES)
        self.assertNotEqual(facts['mismatched_address'], facts['local_address'])
        self.assertEqual(facts['requests_sent'], 3 + 5)
        self.assert_broken(self.along(mismatch(9)), 'allocate', 'refused', 437)

    def outcomes(self, measurement):
        return {stage['name']: stage['outcome'] for stage in measurement['facts']['stages']}

    def test_a_path_without_indications_is_told_from_one_without_channel_data(self):
        no_indications = self.along(lambda data, _: data[:2] not in (b'\0\x16', b'\0\x17'))
        self.assertEqual(self.outcomes(no_indications), dict.fromkeys(STAGES, 'answered') |
                         {'send': 'silent'})
        self.assertEqual(no_indications['outcome'], 'silent')
        no_channels = self.along(lambda data, _: not 0x40 <= data[0] < 0x50)
        self.assertEqual(self.outcomes(no_channels),
                         dict.fromkeys(STAGES[:-1], 'answered') | {'data': 'silent'})

    def test_an_ipv6_relay_is_a_fact(self):
        for transport in ('udp', 'tcp', 'tls'):
            facts = self.probe(self.uri('plain', transport))['facts']
            self.assertEqual(facts['ipv6_relay'], 'no', facts)
            self.assertEqual(facts['ipv6_relay_code'], 440, facts)
        facts = self.probe(self.uri('dual'))['facts']
        # This coturn has an IPv6 relay but does not know ADDITIONAL-ADDRESS-FAMILY.
        self.assertEqual((facts['ipv6_relay'], facts['additional_family']), ('yes', 'ignored'))
        self.assertTrue(facts['ipv6_relayed_address'].startswith('[::1]:'), facts)

    def test_stale_nonce_is_renewed(self):
        path = SlowPath(self.servers['stale'].port)
        path.start()
        try:
            measurement = self.probe(f'turn:127.0.0.1:{path.port}', deadline=12)
        finally:
            path.stop()
        self.assert_answered(measurement, STAGES)
        self.assertGreater(measurement['facts']['requests_sent'], 6)
        self.assertGreater(measurement['facts']['data_rtt_ms'], 4 * 150)

    def codes(self, name, transport):
        done = subprocess.run([RUN_CODES, transport, f'127.0.0.1:{self.servers[name].port}', USER,
                               PASSWORD, OTHER_USER, OTHER_PASSWORD], capture_output=True,
                              timeout=30, check=True)
        return {question: (told['outcome'], told['code'])
                for question, told in json.loads(done.stdout).items()}

    def test_a_second_allocation_is_437_and_another_user_441(self):
        for transport in ('udp', 'tcp'):
            codes = self.codes('plain', transport)
            self.assertEqual(codes['allocate'], ('answered', 0))
            self.assertEqual(codes['allocate again'], ('refused', 437))
            self.assertEqual(codes['permit as another'], ('auth_failed', 441))

    def test_a_tcp_relay_that_is_not_served_is_442(self):
        self.assertEqual(self.codes('no-tcp-relay', 'tcp')['allocate tcp'], ('refused', 442))
        self.assertEqual(self.codes('plain', 'tcp')['allocate tcp'], ('answered', 0))

    def test_tcp_allocation_is_a_fact_of_streams(self):
        for name, transport, expected in (('plain', 'tcp', 'yes'), ('plain', 'tls', 'yes'),
                                          ('no-tcp-relay', 'tcp', 'no'), ('plain', 'udp', None)):
            measurement = self.probe(self.uri(name, transport))
            self.assertEqual(measurement['outcome'], 'answered')
            self.assertEqual(measurement['facts'].get('tcp_allocation'), expected, name)

    def test_open_server_needs_no_credentials(self):
        for password in ('password', None):
            measurement = self.probe(self.uri('open'), password=password)
            self.assert_answered(measurement, STAGES)
            self.assertEqual(measurement['facts']['auth'], 'none')

    def test_shared_secret_makes_credentials(self):
        measurement = self.probe(self.uri('rest'), password=None, secret='secret')
        self.assert_answered(measurement, STAGES)
        self.assertEqual(measurement['facts']['auth'], 'rest')

    def test_wrong_shared_secret_is_401(self):
        measurement = self.probe(self.uri('rest'), password=None, secret='wrong')
        self.assert_broken(measurement, 'allocate', 'auth_failed', 401)

    def test_dead_server_is_refused(self):
        port = free_port()
        udp = self.probe(f'turn:127.0.0.1:{port}')
        self.assertIn('ICMP port unreachable', self.broken(udp)['detail'])
        self.assert_broken(udp, 'binding', 'refused')
        tcp = self.probe(f'turn:127.0.0.1:{port}?transport=tcp')
        self.assert_broken(tcp, 'connect', 'refused')
        stun = self.probe(f'stun:127.0.0.1:{port}', kind='stun')
        self.assert_broken(stun, 'binding', 'refused')

    def test_silent_server_is_silent_and_asked_again(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind(('127.0.0.1', 0))
            measurement = self.probe(f'turn:127.0.0.1:{deaf.getsockname()[1]}', deadline=2)
        self.assert_broken(measurement, 'binding', 'silent')
        self.assertEqual(measurement['facts']['requests_sent'], 2)

    def test_self_signed_certificate_is_intercepted(self):
        measurement = self.probe(self.uri('plain', 'tls'), ca=False)
        stage = self.assert_broken(measurement, 'tls', 'intercepted')
        self.assertEqual(stage['detail'], 'self-signed certificate')
        self.assertEqual(measurement['facts']['tls']['chain'][0]['issuer'], 'CN=turn.lab')

    def test_certificate_of_another_host_is_intercepted(self):
        measurement = self.probe(f'turns:localhost:{self.servers["plain"].tls_port}')
        stage = self.assert_broken(measurement, 'tls', 'intercepted')
        self.assertEqual(stage['detail'].lower(), 'hostname mismatch')

    def test_tls_to_a_plain_port_is_malformed(self):
        server = WebServer()
        server.start()
        try:
            tls = self.probe(f'turns:127.0.0.1:{server.port}')
            tcp = self.probe(f'turn:127.0.0.1:{server.port}?transport=tcp')
        finally:
            server.stop()
        self.assert_broken(tls, 'tls', 'malformed')
        self.assertIn('HTTP', self.assert_broken(tcp, 'binding', 'malformed')['detail'])


RULES = """
table inet filter {
    chain out {
        type filter hook output priority 0
        ip daddr 198.51.100.1 meta l4proto udp th dport 1 reject with icmp type admin-prohibited
        ip daddr 198.51.100.1 meta l4proto udp th dport 2 reject with icmp type host-unreachable
        ip daddr 198.51.100.1 udp dport 3 drop
        ip daddr 198.51.100.1 tcp dport 4 reject with tcp reset
        ip6 daddr ::1 udp dport 5 reject with icmpv6 type admin-prohibited
    }
}
"""
NAMESPACE = ['unshare', '--user', '--map-root-user', '--net']
SET_UP = 'ip link set lo up && ip address add 198.51.100.1/32 dev lo && nft -f - && exec "$@"'


def namespaces_work():
    try:
        command = NAMESPACE + ['sh', '-c', SET_UP, 'sh', 'true']
        return subprocess.run(command, input=RULES.encode(), capture_output=True,
                              check=False).returncode == 0
    except OSError:
        return False


@unittest.skipUnless(namespaces_work(), 'no user namespace with nftables here')
class RefusedByFirewall(unittest.TestCase):
    """What a firewall answers, in a network namespace of its own."""

    def assert_stage(self, uri, name, outcome, detail):
        command = NAMESPACE + ['sh', '-c', SET_UP, 'sh', RUN_PROBE, 'turn', uri, '--deadline=3']
        done = subprocess.run(command, input=RULES.encode(), capture_output=True, timeout=60,
                              check=True)
        stage = json.loads(done.stdout)['facts']['stages'][-1]
        self.assertEqual((stage['name'], stage['outcome'], stage['detail']),
                         (name, outcome, detail))
        self.assertLess(stage['ms'], 1000)
        seen = tuple(stage.get(f'icmp_{name}') for name in ('type', 'code', 'from'))
        told = re.search(r'type (\d+) code (\d+)\) from (.*)', detail)
        self.assertEqual(seen, (int(told[1]), int(told[2]), told[3]) if told else (None,) * 3)

    def test_admin_prohibited_is_prohibited(self):
        self.assert_stage('turn:198.51.100.1:1', 'binding', 'prohibited',
                          'ICMP administratively prohibited (type 3 code 13) from 198.51.100.1')
        self.assert_stage('turn:[::1]:5', 'binding', 'prohibited',
                          'ICMP administratively prohibited (type 1 code 1) from ::1')

    def test_host_unreachable_is_unreachable(self):
        self.assert_stage('turn:198.51.100.1:2', 'binding', 'unreachable',
                          'ICMP host unreachable (type 3 code 1) from 198.51.100.1')

    def test_own_firewall_is_prohibited(self):
        self.assert_stage('turn:198.51.100.1:3', 'binding', 'prohibited',
                          'Operation not permitted')

    def test_tcp_reset_is_refused(self):
        self.assert_stage('turn:198.51.100.1:4?transport=tcp', 'connect', 'refused',
                          'Connection refused')

    def test_no_route_is_unreachable(self):
        self.assert_stage('turn:203.0.113.1', 'binding', 'unreachable', 'Network is unreachable')
        self.assert_stage('turns:203.0.113.1', 'connect', 'unreachable', 'Network is unreachable')


if __name__ == '__main__':
    if len(sys.argv) < 3 or not os.access(sys.argv[2], os.X_OK):
        sys.exit('usage: test_turn_probe.py RUN_PROBE RUN_TURN_CODES')
    RUN_PROBE = os.path.abspath(sys.argv.pop(1))
    RUN_CODES = os.path.abspath(sys.argv.pop(1))
    for program in ('turnserver', 'openssl'):
        if not shutil.which(program):
            print(f'{program} is not installed: not run')
            sys.exit(77)  # Meson's code for a skipped test
    unittest.main(verbosity=2)
