"""STAMP packets (RFC 8762, RFC 8972) put together and read by other means than the product's."""

import hashlib
import hmac
import os
import struct

BASE = 44
KEY, SEEN, SERVED, CLASS, PADDING, HMAC = 240, 241, 242, 4, 1, 8


def sign(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()[:16]


def tlv(kind, value, flags=0x80):
    return struct.pack(">BBH", flags, kind, len(value)) + value


def ports_question(kind, first, count):
    return tlv(kind, struct.pack(">HH12x", first, count) + bytes((count + 7) // 8))


def read_tlvs(packet, start=BASE):
    tlvs = {}
    while start + 4 <= len(packet):
        flags, kind, length = struct.unpack_from(">BBH", packet, start)
        tlvs[kind] = (flags, packet[start + 4:start + 4 + length])
        start += 4 + length
    return tlvs


def ports_of(value):
    """received, unanswered, largest and the set of ports of an answer."""
    first, count, received, unanswered, largest = struct.unpack_from(">HHIIH", value)
    bits = value[16:]
    ports = {first + n for n in range(count) if bits[n // 8] >> (7 - n % 8) & 1}
    return received, unanswered, largest, ports


class Session:
    """A sender's session."""

    def __init__(self, key, key_id, number=None):
        self.key = key
        self.key_id = key_id
        self.number = int.from_bytes(os.urandom(8), "big") if number is None else number
        self.sequence = 0

    def probe(self, extra=b"", padding=b""):
        self.sequence += 1
        base = struct.pack(">IQHH28x", self.sequence, 0x1122334455667788, 0x3f01, 9)
        tlvs = tlv(KEY, struct.pack(">IQ", self.key_id, self.number)) + extra
        return base + tlvs + tlv(HMAC, sign(self.key, base[:4] + tlvs)) + padding

    def authenticated(self):
        self.sequence += 1
        base = struct.pack(">I12xQHH68x", self.sequence, 0x1122334455667788, 0x3f01, 9)
        return base + sign(self.key, base)

    def is_good(self, answer):
        """Whether the answer's HMAC TLV is of our key."""
        end = BASE
        while answer[end + 1] != HMAC:
            end += 4 + struct.unpack_from(">H", answer, end + 2)[0]
        return hmac.compare_digest(answer[end + 4:end + 20],
                                   sign(self.key, answer[:4] + answer[BASE:end]))
