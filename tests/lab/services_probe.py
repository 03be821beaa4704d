# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the tests of the lab's servers run inside a lab: asks one of them and prints JSON.
"""usage: services_probe.py COMMAND [ARGUMENT...]"""
import base64
import hashlib
import hmac
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import time

WAIT_S = 3
RCODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
A, AAAA = 1, 28
WEBSOCKET_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455 section 1.3, with the answer below
WEBSOCKET_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def lab():
    with open(os.environ["MEDIAPATH_LAB"]) as file:
        return json.load(file)


def name_server():
    with open("/etc/resolv.conf") as file:
        return file.readline().split()[1]


def question(name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)


def addresses_in(answer, place):
    for _ in range(struct.unpack("!H", answer[6:8])[0]):
        while 0 < answer[place] < 0xC0:
            place += 1 + answer[place]
        place += 2 if answer[place] else 1
        kind, _, _, length = struct.unpack("!HHIH", answer[place:place + 10])
        data = answer[place + 10:place + 10 + length]
        place += 10 + length
        if kind in (A, AAAA):
            yield socket.inet_ntop(socket.AF_INET if kind == A else socket.AF_INET6, data)


def dns(name, kind=A):
    """RFC 1035 section 4: one question to the client's name server."""
    server = name_server()
    udp = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM)
    udp.settimeout(WAIT_S)
    start = time.monotonic()
    udp.connect((server, 53))
    asked = question(name, int(kind))
    try:
        udp.send(asked)
        answer = udp.recv(1500)
    except OSError as error:
        return {"code": type(error).__name__}
    return {"code": RCODES[answer[3] & 15], "addresses": list(addresses_in(answer, len(asked))),
            "ms": (time.monotonic() - start) * 1000}


def lookup(name):
    """As any program does it."""
    try:
        found = socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
        return {"addresses": [entry[4][0] for entry in found]}
    except socket.gaierror as error:
        return {"error": socket.EAI_NONAME == error.errno and "no name" or "no answer"}


def issuer_of(certificate):
    shown = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-issuer"],
                           input=certificate, capture_output=True)
    return shown.stdout.decode().strip()


def over_tls(tcp, name):
    """A TLS connection that trusts the lab's authority, or why there is none."""
    context = ssl.create_default_context(cafile=lab()["ca_file"])
    return context.wrap_socket(tcp, server_hostname=name)


def tls(host, port, name=None):
    unchecked = ssl.create_default_context()
    unchecked.check_hostname = False
    unchecked.verify_mode = ssl.CERT_NONE
    name = name or host
    with unchecked.wrap_socket(socket.create_connection((host, int(port)), WAIT_S),
                               server_hostname=name) as connection:
        issuer = issuer_of(connection.getpeercert(True))
    try:
        over_tls(socket.create_connection((host, int(port)), WAIT_S), name).close()
        return {"issuer": issuer, "verdict": "trusted"}
    except ssl.SSLCertVerificationError as error:
        return {"issuer": issuer, "verdict": error.verify_message}


def exchange(connection, request):
    """The status line, the headers and the body of an HTTP/1.1 answer."""
    connection.sendall("\r\n".join(request + ["", ""]).encode())
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(4096)
        if not part:
            break
        received += part
    head, _, body = received.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return {"status": int(lines[0].split()[1]), "headers": headers, "body": body,
            "text": "\n".join(lines[1:])}


def get(host, name):
    return ["GET / HTTP/1.1", f"Host: {name or host}", "Connection: close"]


def http(host, path="/"):
    tcp = socket.create_connection((host, 80), WAIT_S)
    return exchange(tcp, [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close"])


def https(host):
    return exchange(over_tls(socket.create_connection((host, 443), WAIT_S), host), get(host, host))


def websocket(host):
    """RFC 6455: the handshake, then one word there and back."""
    connection = over_tls(socket.create_connection((host, 443), WAIT_S), host)
    answer = exchange(connection, ["GET /any HTTP/1.1", f"Host: {host}", "Upgrade: websocket",
                                   "Connection: Upgrade", f"Sec-WebSocket-Key: {WEBSOCKET_KEY}",
                                   "Sec-WebSocket-Version: 13"])
    answer["accepted"] = WEBSOCKET_ACCEPT in answer["text"]
    connection.sendall(b"\x81\x85\0\0\0\0hello")
    answer["echo"] = connection.recv(100)[2:].decode()
    return answer


def proxy_parts(login):
    told = lab()["proxy"]
    host, port = told["url"].split("://")[1].split(":")
    password = told.get("password", "") if login == "right" else "wrong"
    return socket.create_connection((host, int(port)), WAIT_S), told.get("user", "x"), password


def connect(host, port, login="none"):
    """HTTP CONNECT, and HTTPS through it."""
    tcp, user, password = proxy_parts(login)
    request = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
    if login != "none":
        word = base64.b64encode(f"{user}:{password}".encode()).decode()
        request.append(f"Proxy-Authorization: Basic {word}")
    answer = exchange(tcp, request)
    if answer["status"] == 200:
        answer["inside"] = exchange(over_tls(tcp, host), get(host, host))["status"]
    return answer


def socks(host, port, login="none"):
    """RFC 1928 and 1929, with the name left to the proxy; HTTPS through it."""
    tcp, user, password = proxy_parts(login)
    method = 0 if login == "none" else 2
    tcp.sendall(bytes([5, 1, method]))
    chosen = tcp.recv(2)
    if chosen != bytes([5, method]):
        return {"method": chosen[1] if len(chosen) == 2 else None}
    if method:
        tcp.sendall(b"\x01" + bytes([len(user)]) + user.encode() +
                    bytes([len(password)]) + password.encode())
        answer = tcp.recv(2)
        if answer != b"\x01\x00":
            return {"method": method, "login": answer[1] if len(answer) == 2 else None}
    tcp.sendall(b"\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() +
                struct.pack("!H", int(port)))
    reply = tcp.recv(10)[1]
    if reply:
        return {"method": method, "reply": reply}
    inside = exchange(over_tls(tcp, host), get(host, host))["status"]
    return {"method": method, "reply": reply, "inside": inside}


class Turn:
    """RFC 8656 over UDP, as little of it as the tests need."""
    ALLOCATE, PERMISSION = 0x003, 0x008

    def __init__(self):
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.settimeout(WAIT_S)
        self.udp.connect((lab()["stun"][0].split(":")[1], 3478))
        self.realm = self.nonce = None

    @staticmethod
    def attribute(kind, value):
        return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)

    @staticmethod
    def peer(address):
        cookie = struct.pack("!I", 0x2112A442)
        xored = bytes(a ^ b for a, b in zip(socket.inet_aton(address), cookie))
        return Turn.attribute(0x0012, struct.pack("!BBH", 0, 1, 4000 ^ 0x2112) + xored)

    def request(self, method, attributes):
        if self.realm:
            told = lab()
            user = told["turn_user"].encode()
            attributes += self.attribute(0x0006, user) + self.attribute(0x0014, self.realm) + \
                self.attribute(0x0015, self.nonce)
            key = hashlib.md5(user + b":" + self.realm + b":" +
                              told["turn_password"].encode()).digest()
        transaction = os.urandom(12)

        def header(length):
            return struct.pack("!HHI", method, length, 0x2112A442) + transaction
        if self.realm:
            covered = header(len(attributes) + 24) + attributes
            attributes += self.attribute(0x0008, hmac.new(key, covered, "sha1").digest())
        self.udp.send(header(len(attributes)) + attributes)
        return self.parse(self.udp.recv(1500))

    @staticmethod
    def parse(answer):
        found, place = {}, 20
        while place < len(answer):
            kind, length = struct.unpack("!HH", answer[place:place + 4])
            found[kind] = answer[place + 4:place + 4 + length]
            place += 4 + length + (-length % 4)
        error = found.get(0x0009)
        return found, error[2] * 100 + error[3] if error else 0

    def allocate(self):
        asked = self.attribute(0x0019, b"\x11\0\0\0")
        found, _ = self.request(self.ALLOCATE, asked)
        self.realm, self.nonce = found[0x0014], found[0x0015]
        found, code = self.request(self.ALLOCATE, asked)
        relay = found.get(0x0016)
        xored = int.from_bytes(relay[4:8], "big") ^ 0x2112A442 if relay else 0
        return code, socket.inet_ntoa(xored.to_bytes(4, "big"))


def turn(n_allocations="1", *peers):
    """The codes of as many allocations, where the first one relays, and of permissions."""
    clients = [Turn() for _ in range(int(n_allocations))]
    results = [client.allocate() for client in clients]
    codes = [clients[0].request(Turn.PERMISSION, Turn.peer(peer))[1] for peer in peers]
    return {"codes": [code for code, _ in results], "relay": results[0][1], "permissions": codes}


def natdiscovery():
    run = subprocess.run(["turnutils_natdiscovery", "-m", "-f", lab()["stun"][0].split(":")[1]],
                         capture_output=True, text=True)
    return {"text": run.stdout + run.stderr}


def arguments():
    """The command lines of all processes of the lab."""
    lines = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            lines.append(file.read().decode())
    told = lab()
    secrets = [told["turn_password"], told["responder"]["token"],
               told.get("proxy", {}).get("password")]
    return {"n": len(lines), "with_secret": [line.split("\0")[0] for line in lines
                                             if any(secret and secret in line
                                                    for secret in secrets)]}


print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
