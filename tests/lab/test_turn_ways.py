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
SERVICES = 'services.lab.mediapath.test'
ADDRESS = '168.100.64.10'
ADDRESS6 = '2001:db8:100::10'
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


class ServiceRecords(unittest.TestCase):
    """RFC 8489 section 8 and RFC 5928: a URI without a port. The name has no address of its own."""

    def seen(self, option, uri, step, network='clean'):
        return measurement(check(network, option, uri), step)

    def test_they_name_host_and_port_for_each_transport(self):
        cases = (
            ('--stun', 'stun', '', f'stun:{SERVICES}:3478', '_stun._udp', 3478),
            ('--turn', 'turn', '?transport=udp', f'turn-udp:{SERVICES}:3478', '_turn._udp', 3478),
            ('--turn', 'turn', '?transport=tcp', f'turn-tcp:{SERVICES}:3478', '_turn._tcp', 3478),
            ('--turn', 'turns', '?transport=tcp', f'turn-tls:{SERVICES}:5349', '_turns._tcp', 443),
            ('--turn', 'turns', '?transport=udp', f'turn-dtls:{SERVICES}:5349', '_turns._udp', 443),
        )
        for option, scheme, query, step, name, port in cases:
            seen = self.seen(option, f'{scheme}:{SERVICES}{query}', step)
            self.assertIsNone(broken(seen), step)
            facts = seen['facts']
            self.assertEqual(facts['srv']['name'], f'{name}.{SERVICES}')
            self.assertEqual(facts['srv']['taken'], f'{HOST}:{port}')
            self.assertEqual(facts['server_address'], f'{ADDRESS}:{port}')

    def test_the_lowest_priority_comes_last(self):
        facts = self.seen('--turn', f'turn:{SERVICES}', f'turn-udp:{SERVICES}:3478')['facts']
        self.assertEqual([(each['target'], each['priority']) for each in facts['srv']['records']],
                         [(HOST, 10), ('nobody.lab.mediapath.test', 20)])

    def test_a_target_that_refuses_is_passed_over(self):
        facts = self.seen('--turn', f'turn:{SERVICES}?transport=tcp',
                          f'turn-tcp:{SERVICES}:3478')['facts']
        self.assertEqual(facts['srv']['records'][0]['target'], 'responder.lab.mediapath.test')
        self.assertEqual(facts['srv']['taken'], f'{HOST}:3478')
        self.assertEqual([stage['outcome'] for stage in facts['stages']
                          if stage['name'] == 'connect'], ['answered'])

    def test_a_name_without_them_is_taken_as_it_is(self):
        facts = self.seen('--turn', f'turn:{HOST}', f'turn-udp:{HOST}:3478')['facts']
        self.assertEqual((facts['srv']['outcome'], facts['srv']['records']), ('answered', []))
        self.assertEqual(facts['server_address'], f'{ADDRESS}:3478')

    def test_a_target_of_the_root_says_that_there_is_no_service(self):
        """RFC 2782: a target of "." is a decision, not a name that is not known."""
        host = 'without-turn.lab.mediapath.test'
        seen = self.seen('--turn', f'turn:{host}', f'turn-udp:{host}:3478')
        self.assertEqual(broken(seen), ('resolve', 'refused'))
        self.assertEqual([each['target'] for each in seen['facts']['srv']['records']], ['.'])

    def test_a_port_that_was_given_is_not_asked_about(self):
        facts = self.seen('--turn', f'turn:{HOST}:3478', f'turn-udp:{HOST}:3478')['facts']
        self.assertNotIn('srv', facts)

    def test_a_name_server_that_does_not_know_leaves_the_name(self):
        seen = self.seen('--turn', f'turn:{HOST}', f'turn-udp:{HOST}:3478', 'office-dns-blocked')
        self.assertEqual(broken(seen), ('resolve', 'silent'))
        self.assertIn(seen['facts']['srv']['outcome'], ('silent', 'refused'))


class Nat64(unittest.TestCase):
    """RFC 7050 and RFC 6052: an IPv4 literal from a network with IPv6 only."""

    def test_a_literal_is_reached_by_the_prefix(self):
        for uri, step in ((f'turn:{ADDRESS}:3478', f'turn-udp:{ADDRESS}:3478'),
                          (f'turns:{ADDRESS}:443?transport=tcp', f'turn-tls:{ADDRESS}:443')):
            seen = measurement(check('ipv6-only-nat64', '--turn', uri), step)
            self.assertIsNone(broken(seen), step)
            self.assertEqual(seen['facts']['nat64_prefix'], '64:ff9b::/96')
            self.assertTrue(seen['facts']['server_address'].startswith('[64:ff9b::a864:400a]'))


class BothFamilies(unittest.TestCase):
    """IPv6 beside IPv4: a ladder each."""

    def outcomes(self, result):
        return {each['id'].replace(HOST, ''): (broken(each), each['facts']['server_address'])
                for each in result['measurements']}

    def test_both_are_climbed(self):
        result = check('dual-stack')
        for name, port in (('stun', 3478), ('turn-udp', 3478), ('turn-tcp', 3478),
                           ('turn-tls', 443)):
            seen = self.outcomes(result)
            self.assertEqual(seen[f'{name}::{port}'], (None, f'{ADDRESS}:{port}'))
            self.assertEqual(seen[f'{name}::{port}/v6'], (None, f'[{ADDRESS6}]:{port}'))
        self.assertEqual(findings(result), [])
        for each in result['measurements']:
            if each['kind'] == 'turn':
                self.assertEqual(each['facts']['ipv6_relay'], 'yes', each['id'])

    def test_a_hole_in_ipv6_is_a_warning_and_nothing_else(self):
        result = check('ipv6-broken')
        for name, (stage, _) in self.outcomes(result).items():
            self.assertEqual(stage is not None, name.endswith('/v6'), name)
            self.assertIn(stage, (None, ('binding', 'silent'), ('connect', 'silent')))
        self.assertEqual(findings(result), ['ipv6-broken'])
        self.assertEqual(result['findings'][0]['severity'], 'warning')
        self.assertLess(result['duration_ms'], 7000)
        self.assertNotIn('failed', {row['state'] for row in result['requirements']})

    def test_a_name_with_ipv4_only_is_asked_once(self):
        seen = measurement(check('dual-stack', '--stun', 'stun:nobody.lab.mediapath.test:3478'),
                           'stun:nobody.lab.mediapath.test:3478/v6')
        self.assertEqual(seen['outcome'], 'not_run')
        self.assertEqual(seen['facts']['reason'], 'the name has no IPv6 address')

    def test_elsewhere_there_is_no_second_ladder(self):
        for network in ('clean', 'ipv6-only-nat64'):
            self.assertFalse([name for name in self.outcomes(check(network))
                              if name.endswith('/v6')], network)


if __name__ == '__main__':
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit('usage: test_turn_ways.py MEDIAPATH')
    MEDIAPATH = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
