#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How a TURN server is found and over what it is reached, in networks of the lab: DTLS, names with
SRV records, IPv6 beside IPv4, NAT64.

Usage: test_turn_ways.py MEDIAPATH
"""
import json
import os
import subprocess
import sys
import unittest

MEDIAPATH = None
HOST = 'turn.lab.mediapath.test'
DTLS = f'turns:{HOST}:443?transport=udp'


def check(network, *arguments):
    """The result of a check of servers inside a network of the lab."""
    command = [MEDIAPATH, 'lab', network, '--', MEDIAPATH, 'check', '--quiet', '--skip',
               'media,web,nat,computer', '--json', '-', *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError as error:
        raise AssertionError(f'{network}: exit {done.returncode}: {done.stderr}') from error


def measurement(result, name):
    return next(each for each in result['measurements'] if each['id'] == name)


def findings(result):
    return [each['id'] for each in result['findings'] if each['owner'] != 'tester']


def broken(seen):
    """The first stage that was not answered: its name and outcome; None: all were."""
    return next(((stage['name'], stage['outcome']) for stage in seen['facts']['stages']
                 if stage['outcome'] != 'answered'), None)


class TurnOverDtls(unittest.TestCase):
    """RFC 7350: a step of its own, and no way for media."""

    def step(self, network):
        result = check(network, '--turn', DTLS)
        seen = measurement(result, f'turn-dtls:{HOST}:443')
        self.assertEqual(seen['transport'], 'dtls')
        self.assertEqual(result['paths'], [])
        return result, seen

    def test_it_is_answered(self):
        result, seen = self.step('clean')
        self.assertIsNone(broken(seen))
        self.assertEqual(seen['facts']['tls']['version'], 'DTLSv1.2')
        self.assertEqual(findings(result), [])

    def test_its_certificate_is_judged(self):
        result, seen = self.step('turn-tls-expired')
        self.assertEqual(broken(seen), ('tls', 'intercepted'))
        self.assertEqual(findings(result), ['tls-certificate-expired'])

    def test_it_goes_where_udp_goes(self):
        for network, outcome in (('office-udp-blocked', 'silent'),
                                 ('office-udp-rejected', 'prohibited')):
            self.assertEqual(broken(self.step(network)[1]), ('tls', outcome), network)


if __name__ == '__main__':
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit('usage: test_turn_ways.py MEDIAPATH')
    MEDIAPATH = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
