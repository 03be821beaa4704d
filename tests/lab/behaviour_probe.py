# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside a lab: measures with plain sockets, at several places at once, what its network does.
"""usage: behaviour_probe.py MEASUREMENT [ARGUMENTS as JSON]; prints JSON"""
import contextlib
import ctypes
import errno
import json
import os
import select
import socket
import struct
import sys
import time

TURN, TURN_SECOND, ELSEWHERE = "168.100.64.10", "168.100.64.11", "8.8.8.8"
CLIENT, SECOND_CLIENT, OFFICE = "10.10.0.2", "10.20.0.2", "10.10.1.2"
# In the lab an answer takes well under a millisecond; only what does not come waits for this.
WAIT_S = 0.25
CLONE_NEWNET = 0x40000000
# linux/in.h and linux/errqueue.h
IP_MTU_DISCOVER, IP_RECVERR, IP_RECVTOS = 10, 11, 13
IP_PMTUDISC_DONT, IP_PMTUDISC_PROBE = 0, 3
IPV6_RECVERR = 25
libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def at(place):
    """Sockets made in here are of that namespace, for ever."""
    with open(f"/run/netns/{place}") as there, open("/run/netns/client") as back:
        assert libc.setns(there.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        try:
            yield
        finally:
            assert libc.setns(back.fileno(), CLONE_NEWNET) == 0


def udp(place, address, port=0):
    with at(place):
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                             socket.SOCK_DGRAM)
    sock.bind((address, port))
    return sock


def listen(place, address, port):
    with at(place):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen()
    return sock


def receive(sock, wait_s=WAIT_S):
    """The sender and the length of the next packet; None: none came."""
    if not select.select([sock], [], [], wait_s)[0]:
        return None
    with contextlib.suppress(OSError):
        data, sender = sock.recvfrom(65536)
        return [*sender[:2], len(data)]
    return None


def arrives(sender, to, receiver, size=100):
    with contextlib.suppress(OSError):
        sender.sendto(bytes(size), to)
    return receive(receiver)


def count(sock):
    """How many packets wait, when no more come."""
    n = 0
    while receive(sock):
        n += 1
    return n


def icmp_error(sock, wait_s=WAIT_S):
    """Who sent an ICMP error about this socket's packets: [type, code, sender, mtu]."""
    poll = select.poll()
    poll.register(sock, 0)  # POLLERR comes unasked
    if not poll.poll(wait_s * 1000):
        return None
    _, control, _, _ = sock.recvmsg(65536, 1024, socket.MSG_ERRQUEUE)
    for level, kind, data in control:
        if (level, kind) in ((socket.IPPROTO_IP, IP_RECVERR), (socket.IPPROTO_IPV6, IPV6_RECVERR)):
            _, _, icmp_type, code, _, info, _ = struct.unpack_from("=IBBBBII", data)
            family, = struct.unpack_from("=H", data, 16)
            offender = (socket.inet_ntop(socket.AF_INET, data[20:24])
                        if family == socket.AF_INET
                        else socket.inet_ntop(socket.AF_INET6, data[24:40]))
            return [icmp_type, code, offender, info]
    return None


def watch_errors(sock):
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)


def tcp(address, port, place="client"):
    """How a connection ends: "accepted", "refused", "silent", "unreachable"."""
    with at(place):
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                             socket.SOCK_STREAM)
    sock.settimeout(2 * WAIT_S)
    words = {0: "accepted", errno.ECONNREFUSED: "refused", errno.ETIMEDOUT: "silent",
             errno.EAGAIN: "silent", errno.ENETUNREACH: "unreachable",
             errno.EHOSTUNREACH: "unreachable"}
    with sock:
        result = sock.connect_ex((address, port))
    return words.get(result, os.strerror(result))


def seen(sock, server):
    """The address and port that a server sees this socket's packets come from."""
    found = arrives(sock, server.getsockname(), server)
    return found and found[:2]


def mapping(place="client", address=CLIENT):
    """The mappings of one socket towards a server, its other port, another server; and again."""
    servers = [udp("internet", TURN, 5000), udp("internet", TURN, 5001),
               udp("internet", TURN_SECOND, 5000)]
    sock = udp(place, address)
    found = [seen(sock, server) for server in servers]
    return {"local": sock.getsockname()[1], "addresses": sorted({entry[0] for entry in found}),
            "ports": [entry[1] for entry in found],
            "again": [seen(sock, server)[1] for server in servers]}


def kept_ports(n):
    """How many of n sockets keep their port, and how many different outer ports they have."""
    server = udp("internet", TURN, 5000)
    sockets = [udp("client", CLIENT) for _ in range(n)]
    outer = [seen(sock, server)[1] for sock in sockets]
    inner = [sock.getsockname()[1] for sock in sockets]
    return {"kept": sum(a == b for a, b in zip(outer, inner)), "different": len(set(outer))}


def filtering():
    """Whose packets a mapping towards one server lets in; and that the client answers them."""
    asked = udp("internet", TURN, 5000)
    others = {"other port": udp("internet", TURN, 5001),
              "other address": udp("internet", TURN_SECOND, 5000)}
    sock = udp("client", CLIENT)
    outer = tuple(seen(sock, asked))
    result = {"asked": bool(arrives(asked, outer, sock))}
    for name, other in others.items():
        result[name] = bool(arrives(other, outer, sock))
        if result[name]:
            answer = arrives(sock, other.getsockname(), other)
            assert answer[:2] == list(outer), answer
    return result


def hairpin(place="client", address=CLIENT):
    """What b hears, and from whom, when a sends to b's outer address."""
    server = udp("internet", TURN, 5000)
    a, b = udp("client", CLIENT), udp(place, address)
    outer_a, outer_b = seen(a, server), seen(b, server)
    heard = arrives(a, tuple(outer_b), b)
    answer = arrives(b, tuple(heard[:2]), a) if heard else None
    return {"heard": bool(heard), "from_outer": heard and heard[:2] == outer_a,
            "answered_from_outer": answer and answer[:2] == outer_b}


def udp_timeout(before_s, after_s):
    """Whether an answer comes in after each of these silences."""
    server = udp("internet", TURN, 5000)
    result = []
    for silence in (before_s, after_s):
        sock = udp("client", CLIENT)
        outer = tuple(seen(sock, server))
        time.sleep(silence)
        result.append(bool(arrives(server, outer, sock)))
    return result


def kept_alive(again_s, look_s):
    """Mappings made at 0 and used once more: whether one lets a stranger in, and another is the
    same for another server, when only that second use keeps them."""
    server, stranger = udp("internet", TURN, 5000), udp("internet", TURN_SECOND, 5000)
    sockets = udp("client", CLIENT), udp("client", CLIENT)
    outer = [seen(sock, server) for sock in sockets]
    time.sleep(again_s)
    again = [seen(sock, server) for sock in sockets]
    time.sleep(look_s - again_s)
    return {"again": again == outer,
            "stranger": bool(arrives(stranger, tuple(outer[0]), sockets[0])),
            "same": seen(sockets[1], udp("internet", TURN, 5001)) == outer[1]}


def hops(address=TURN):
    """Who answers packets that may pass 1, 2, 3... routers."""
    server = udp("internet", address, 5000)
    sock = udp("client", CLIENT)
    watch_errors(sock)
    found = []
    for ttl in range(1, 8):
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        sock.sendto(b"x", (address, 5000))
        error = icmp_error(sock, WAIT_S)
        if not error:
            return found + (["arrived"] if receive(server) else ["lost"])
        assert error[:2] == [11, 0], error
        found.append(error[2])
    return found


def serve(address, port):
    """Somebody there who accepts, whether its packets come as IPv4 or through NAT64; None where
    the address is nobody's."""
    address = {"64:ff9b::a864:400a": TURN}.get(address, address)
    with contextlib.suppress(OSError):
        return listen("internet", address, port)
    return None


def reject(address=TURN, port=5000, local=CLIENT):
    """The ICMP error about a UDP packet, and how TCP ends."""
    server = serve(address, port)
    sink = udp("internet", TURN, port)
    sock = udp("client", local)
    watch_errors(sock)
    sock.sendto(b"x", (address, port))
    error = icmp_error(sock)
    result = {"icmp": error and error[:2], "tcp": tcp(address, port)}
    for end in (server, sink):
        if end:
            end.close()
    return result


def refusals(n):
    """Of n packets of as many sockets at once, how many an ICMP error comes for."""
    sockets = [udp("client", CLIENT) for _ in range(n)]
    for sock in sockets:
        watch_errors(sock)
        sock.sendto(b"x", (TURN, 5000))
    return sum(bool(icmp_error(sock)) for sock in sockets)


def passes(*ends):
    """Of [protocol, address, port], what gets there and whether the answer comes back."""
    result = []
    for protocol, address, port in ends:
        if protocol == "udp":
            server, sock = udp("internet", address, port), udp("client", CLIENT)
            got = arrives(sock, (address, port), server)
            back = got and arrives(server, tuple(got[:2]), sock)
            result.append("both" if back else "there" if got else "no")
        elif protocol == "tcp":
            with listen("internet", address, port):
                result.append("both" if tcp(address, port) == "accepted" else "no")
        else:
            result.append("both" if ping(address) else "no")
    return result


def ping(address):
    """RFC 792 echo; the answer has type 0."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sock:
        body = struct.pack("!HH", 0x1234, 1)
        checksum = 0xffff - (0x0800 + 0x1234 + 1)
        sock.sendto(struct.pack("!BBH", 8, 0, checksum) + body, (address, 0))
        deadline = time.monotonic() + WAIT_S
        while select.select([sock], [], [], max(0, deadline - time.monotonic()))[0]:
            data = sock.recv(1024)
            if data[20] == 0 and data[24:28] == body:
                return True
    return False


def sizes(*lengths):
    """Which of these IP packets arrive at the server, and which of its own at the client."""
    server, sock = udp("internet", TURN, 5000), udp("client", CLIENT)
    outer = tuple(seen(sock, server))
    return {"up": [bool(arrives(sock, (TURN, 5000), server, n - 28)) for n in lengths],
            "down": [bool(arrives(server, outer, sock, n - 28)) for n in lengths]}


def flood(n, size, seconds):
    """How many of n packets arrive that are sent evenly over a time, and how long that took."""
    server, sock = udp("internet", TURN, 5000), udp("client", CLIENT)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    start = time.monotonic()
    for i in range(n):
        time.sleep(max(0, start + i * seconds / n - time.monotonic()))
        sock.sendto(bytes(size - 28), (TURN, 5000))
    took = time.monotonic() - start
    return [count(server), took]


def after_packets(n):
    """How many of n packets arrive, of one flow and of another; with answers, of n up and n down."""
    server = udp("internet", TURN, 5000)
    result = []
    for _ in range(2):
        sock = udp("client", CLIENT)
        for _ in range(n):
            sock.sendto(b"x", (TURN, 5000))
        result.append(count(server))
    sock = udp("client", CLIENT)
    answered = 0
    for _ in range(n):
        got = arrives(sock, (TURN, 5000), server)
        answered += bool(got) + bool(got and arrives(server, tuple(got[:2]), sock))
    return result + [answered]


def after_seconds(*moments):
    """Whether a flow's packets at these moments arrive, and then a new flow's."""
    server, sock = udp("internet", TURN, 5000), udp("client", CLIENT)
    start = time.monotonic()
    result = []
    for moment in moments:
        time.sleep(max(0, start + moment - time.monotonic()))
        result.append(bool(arrives(sock, (TURN, 5000), server)))
    return result + [bool(arrives(udp("client", CLIENT), (TURN, 5000), server))]


def set_fragmenting(sock, may_fragment):
    """Not to be fragmented, and what the kernel knows of the path ignored: as it leaves, it is."""
    sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER,
                    IP_PMTUDISC_DONT if may_fragment else IP_PMTUDISC_PROBE)


def path_mtu(*lengths):
    """What becomes of IP packets of these lengths, either way: "arrived", "fragmented" (allowed,
    and arrived), the MTU told by ICMP, or "lost"."""
    server, sock = udp("internet", TURN, 5000), udp("client", CLIENT)
    outer = tuple(seen(sock, server))
    result = {}
    for name, sender, to, receiver in (("up", sock, (TURN, 5000), server),
                                       ("down", server, outer, sock)):
        watch_errors(sender)
        result[name] = []
        for length in lengths:
            set_fragmenting(sender, False)
            got = arrives(sender, to, receiver, length - 28)
            error = None if got else icmp_error(sender)
            result[name].append("arrived" if got else error[3] if error else "lost")
        set_fragmenting(sender, True)
        result[name].append("fragmented" if arrives(sender, to, receiver, lengths[-1] - 28)
                            else "lost")
    return result


def tcp_transfer(n):
    """Whether n bytes get through a connection each way."""
    result = []
    for is_up in (True, False):
        with listen("internet", TURN, 5000 + is_up) as server:
            with at("client"):
                sock = socket.create_connection(server.getsockname(), timeout=1)
            peer, _ = server.accept()
            peer.settimeout(1)
            sender, receiver = (sock, peer) if is_up else (peer, sock)
            got = 0
            with contextlib.suppress(OSError):
                sender.setblocking(False)
                sent = 0
                while got < n:
                    if sent < n:
                        with contextlib.suppress(BlockingIOError):
                            sent += sender.send(bytes(min(n - sent, 65536)))
                    if not select.select([receiver], [], [], 1)[0]:
                        break
                    got += len(receiver.recv(65536))
            result.append(got == n)
            sock.close()
            peer.close()
    return result


def dscp(sent):
    """The DSCP that each side sees of what the other sends with one."""
    server, sock = udp("internet", TURN, 5000), udp("client", CLIENT)
    outer = tuple(seen(sock, server))
    result = {}
    for name, sender, to, receiver in (("up", sock, (TURN, 5000), server),
                                       ("down", server, outer, sock)):
        receiver.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, sent << 2)
        sender.sendto(b"x", to)
        select.select([receiver], [], [], WAIT_S)
        _, control, _, _ = receiver.recvmsg(100, 100)
        result[name] = [data[0] >> 2 for level, kind, data in control
                        if (level, kind) == (socket.IPPROTO_IP, socket.IP_TOS)][0]
    return result


def portal():
    """A client behind a captive portal: the web at a server that is not there, other TCP, UDP and
    ping to one that is, names, another port of the router."""
    router = udp("router", "10.10.0.1", 5300)
    return {"web": [tcp(ELSEWHERE, 80), tcp(ELSEWHERE, 443)],
            "elsewhere": passes(["tcp", TURN, 8080], ["udp", TURN, 5000], ["icmp", TURN, 0]),
            "dns": tcp("10.10.0.1", 53),
            "router": bool(arrives(udp("client", CLIENT), ("10.10.0.1", 5300), router))}


def intercepted():
    """How connections end to a server where nobody listens."""
    return {port: tcp(TURN, port) for port in (443, 444)}


def office():
    """Through the same firewall: the client, and a server of the site; and what the far end sees;
    the way between the two."""
    server = udp("internet", TURN, 5000)
    client, proxy = udp("client", CLIENT), udp("office", OFFICE)
    return {"client": seen(client, server), "office": seen(proxy, server)[0],
            "proxy": tcp(OFFICE, 3128)}


def second_site():
    """What the far end sees of the second client, and whether the two clients reach each other
    straight."""
    server = udp("internet", TURN, 5000)
    a, b = udp("client", CLIENT), udp("second-client", SECOND_CLIENT)
    outer_a, outer_b = seen(a, server), seen(b, server)
    first = arrives(a, tuple(outer_b), b)
    second = arrives(b, tuple(outer_a), a)
    third = arrives(a, tuple(outer_b), b)
    return {"outer": outer_b[0], "unasked": bool(first), "punched": bool(second and third)}


def same_port():
    """Two clients with one port behind one carrier: what a server sees of them, each answered."""
    server = udp("internet", TURN, 5000)
    sockets = [udp("client", CLIENT, 40000), udp("second-client", SECOND_CLIENT, 40000)]
    outer = [seen(sock, server) for sock in sockets]
    answers = [bool(arrives(server, tuple(end), sock)) for end, sock in zip(outer, sockets)]
    return {"different": outer[0] != outer[1], "first_keeps": outer[0][1] == 40000,
            "answers": answers}


def nat64(address):
    """An IPv6 client and an IPv4 server: what it sees, both ways, hops, no IPv4."""
    server = udp("internet", TURN, 5000)
    sock = udp("client", "::")
    got = arrives(sock, (address, 5000), server)
    back = got and arrives(server, tuple(got[:2]), sock)
    with at("client"):
        plain = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return {"seen": got and got[0], "back": back and back[0],
            "ipv4": plain.connect_ex((TURN, 5000)) != errno.ENETUNREACH}


def ways_out():
    """All interfaces at all places."""
    result = {}
    for place in sorted(os.listdir("/run/netns")):
        with at(place):
            result[place] = sorted(name for _, name in socket.if_nameindex())
    return result


def main():
    measurement = globals()[sys.argv[1]]
    print(json.dumps(measurement(*map(json.loads, sys.argv[2:]))))


if __name__ == "__main__":
    main()
