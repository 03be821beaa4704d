# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What networks do to packets, measured with plain sockets, as root and as nobody: each kind of NAT,
# firewall rule, MTU, DSCP, portal and IPv6-only site that a network file can describe.
"""usage: test_network_behaviour.py MEDIAPATH [unittest arguments]"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import nobody

MEDIAPATH = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
TURN, RESPONDER, WEB = "168.100.64.10", "216.147.0.20", "192.0.2.53"
KINDS = ("endpoint-independent", "address-dependent", "address-and-port-dependent")

NETWORK = """schema: mediapath-network/1
name: test
sentence: {en: Test., ja: Test.}
%s
provider:
  turn: {state: stopped}
  responder: {state: stopped}
"""


class NetworkCase(unittest.TestCase):
    prefix = []

    @classmethod
    def setUpClass(cls):
        cls.folder = nobody.make_folder(MEDIAPATH, os.path.join(HERE, "behaviour_probe.py"))
        cls.program = os.path.join(cls.folder, "mediapath")
        cls.probe = os.path.join(cls.folder, "behaviour_probe.py")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def run_lab(self, parts, *command):
        path = os.path.join(self.folder, "network.yaml")
        with open(path, "w") as file:
            file.write(NETWORK % parts)
        return subprocess.run(self.prefix + [self.program, "lab", path, "--", *command], cwd="/",
                              capture_output=True, text=True, timeout=60)

    def measure(self, parts, what, *arguments):
        run = self.run_lab(parts, PYTHON, self.probe, what, *map(json.dumps, arguments))
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def measure_rule(self, rule, what, *arguments):
        return self.measure("site: {nat: {}, firewall: [%s]}" % rule, what, *arguments)


class Translation(NetworkCase):
    """RFC 4787."""

    def assert_mapping(self, kind, found):
        first, other_port, other_address = found["ports"]
        self.assertEqual(found["again"], found["ports"])
        self.assertEqual(other_port == first, kind != "address-and-port-dependent", found)
        self.assertEqual(other_address == first, kind == "endpoint-independent", found)

    def test_a_mapping_depends_on_what_its_kind_says(self):
        for kind in KINDS:
            for ports in ("preserved", "random"):
                with self.subTest(kind=kind, ports=ports):
                    found = self.measure("site: {nat: {mapping: %s, ports: %s}}" % (kind, ports),
                                         "mapping")
                    self.assert_mapping(kind, found)
                    self.assertEqual(found["addresses"], ["203.0.113.2"])

    def test_ports_are_kept_or_random(self):
        self.assertEqual(self.measure("site: {nat: {}}", "kept_ports", 40),
                         {"kept": 40, "different": 40})
        found = self.measure("site: {nat: {ports: random}}", "kept_ports", 40)
        self.assertLess(found["kept"], 3)
        self.assertEqual(found["different"], 40)

    def test_a_filter_depends_on_what_its_kind_says_whatever_the_mapping(self):
        for mapping in KINDS:
            for kind in KINDS:
                with self.subTest(mapping=mapping, filtering=kind):
                    found = self.measure("site: {nat: {mapping: %s, filtering: %s, ports: random}}"
                                         % (mapping, kind), "filtering")
                    self.assertEqual(found, {
                        "asked": True, "other port": kind != "address-and-port-dependent",
                        "other address": kind == "endpoint-independent"})

    def test_only_a_nat_that_hairpins_brings_packets_back_in(self):
        self.assertFalse(self.measure("site: {nat: {}}", "hairpin")["heard"])
        self.assertEqual(self.measure("site: {nat: {hairpin: true}}", "hairpin"),
                         {"heard": True, "from_outer": True, "answered_from_outer": True})
        # Back in is another destination: of these kinds it has a mapping of its own.
        for kind in KINDS[1:]:
            found = self.measure("site: {nat: {hairpin: true, mapping: %s}}" % kind, "hairpin")
            self.assertEqual((found["heard"], found["answered_from_outer"]), (True, True))

    def test_a_mapping_ends_after_its_timeout(self):
        for filtering in ("endpoint-independent", "address-and-port-dependent"):
            self.assertEqual(
                self.measure("site: {nat: {udp_timeout_s: 2, filtering: %s}}" % filtering,
                             "udp_timeout", 1, 2.5), [True, False])

    def test_a_mapping_in_use_lives_on(self):
        self.assertEqual(self.measure("site: {nat: {udp_timeout_s: 2, ports: random, "
                                      "filtering: endpoint-independent}}", "kept_alive", 1.3, 2.6),
                         {"again": True, "stranger": True, "same": True})

    def test_without_nat_the_far_end_sees_the_client(self):
        self.assertEqual(self.measure("site: {}", "mapping")["addresses"], ["10.10.0.2"])

    def test_a_carrier_translates_once_more(self):
        parts = "site: {nat: {}}\ncarrier: {nat: {filtering: %s}}"
        self.assertEqual(self.measure(parts % KINDS[0], "mapping")["addresses"], ["203.0.113.65"])
        self.assertEqual(self.measure(parts % KINDS[0], "hops"),
                         ["10.10.0.1", "100.64.0.1", "arrived"])
        # The stricter of the two filters holds.
        self.assertEqual(self.measure(parts % KINDS[0], "filtering")["other port"], False)

    def test_a_symmetric_carrier_makes_the_whole_way_symmetric(self):
        found = self.measure("site: {nat: {}}\ncarrier: {nat: {mapping: %s, ports: random}}"
                             % KINDS[2], "mapping")
        self.assert_mapping(KINDS[2], found)

    def test_two_sites_with_one_port_share_a_carriers_address(self):
        self.assertEqual(self.measure("site: {nat: {}}\nsecond_site: {nat: {}}\n"
                                      "carrier: {nat: {}}", "same_port"),
                         {"different": True, "first_keeps": True, "answers": [True, True]})


class Sites(NetworkCase):
    """Who reaches whom."""

    def test_each_hop_answers_for_itself(self):
        for parts in ("site: {nat: {}}", "site: {}", "site: {nat: {}}\nlink: {}"):
            self.assertEqual(self.measure(parts, "hops"), ["10.10.0.1", "203.0.113.1", "arrived"])

    def test_a_second_site_is_another_one(self):
        self.assertEqual(self.measure("site: {nat: {}}\nsecond_site: {nat: {}}", "second_site"),
                         {"outer": "203.0.113.6", "unasked": False, "punched": True})
        self.assertEqual(self.measure("site: {}\nsecond_site: {}", "second_site"),
                         {"outer": "10.20.0.2", "unasked": False, "punched": True})

    def test_sites_behind_one_carrier_meet_only_where_it_hairpins(self):
        parts = "site: {nat: {}}\nsecond_site: {nat: {}}\ncarrier: {nat: {hairpin: %s}}"
        for hairpins in (True, False):
            found = self.measure(parts % str(hairpins).lower(), "second_site")
            self.assertEqual(found["outer"], "203.0.113.65")
            self.assertEqual(found["punched"], hairpins)

    def test_there_is_no_way_out(self):
        found = self.measure("site: {nat: {}, proxy: {type: http}}\nsecond_site: {}\nlink: {}",
                             "ways_out")
        self.assertEqual(found, {
            "carrier": ["core", "lo", "site", "site2"], "client": ["eth0", "lo"],
            "internet": ["eth0", "lo"], "link": ["down0", "down1", "lo", "up0", "up1"],
            "office": ["eth0", "lo"], "router": ["dmz", "lan", "lo", "wan"],
            "second-client": ["eth0", "lo"], "second-router": ["lan", "lo", "wan"]})

    def test_where_nobody_lives_a_router_says_so(self):
        for address in ("8.8.8.8", "203.0.113.200", "10.10.7.7"):
            found = self.measure("site: {nat: {}}", "reject", address)
            self.assertEqual(found["tcp"], "unreachable", address)
            self.assertEqual(found["icmp"][0], 3)

    def test_a_server_of_the_site_is_spared_by_the_clients_rules(self):
        self.assertEqual(self.measure("site: {nat: {}, proxy: {type: http}, "
                                      "firewall: [{action: drop, protocol: any}]}", "office"),
                         {"client": None, "office": "203.0.113.2", "proxy": "accepted"})

    def test_a_portal_shows_itself_and_nothing_else(self):
        self.assertEqual(self.measure("site: {nat: {}, captive_portal: true}", "portal"),
                         {"web": ["accepted", "accepted"], "elsewhere": ["no", "no", "no"],
                          "dns": "accepted", "router": False})

    def test_intercepted_ports_and_no_others_end_at_the_router(self):
        found = self.measure("site: {nat: {}, intercept_tls: [443]}", "intercepted")
        self.assertEqual(found, {"443": "accepted", "444": "refused"})


class Rules(NetworkCase):
    """Firewalls."""

    def test_a_refusal_is_told_by_its_code_and_resets_tcp(self):
        codes = {"net-unreachable": 0, "host-unreachable": 1, "protocol-unreachable": 2,
                 "port-unreachable": 3, "net-prohibited": 9, "host-prohibited": 10,
                 "admin-prohibited": 13}
        rule = "{action: reject, protocol: any, code: %s}"
        for name, number in codes.items():
            for parts in ("site: {nat: {}, firewall: [%s]}",
                          "site: {nat: {}}\ncarrier: {firewall: [%s]}"):
                with self.subTest(code=name, parts=parts):
                    self.assertEqual(self.measure(parts % (rule % name), "reject"),
                                     {"icmp": [3, number], "tcp": "refused"})

    def test_each_of_many_refusals_is_told(self):
        self.assertEqual(self.measure_rule("{action: reject, protocol: udp}", "refusals", 200), 200)

    def test_what_is_not_refused_passes(self):
        self.assertEqual(self.measure("site: {nat: {}}", "reject"),
                         {"icmp": None, "tcp": "accepted"})

    def ends(self, rule):
        return self.measure_rule(rule, "passes", ["udp", TURN, 5000], ["udp", TURN, 5001],
                                 ["tcp", TURN, 5000], ["icmp", TURN, 0], ["udp", RESPONDER, 5000],
                                 ["udp", WEB, 5000])

    def test_rules_match_protocol_port_and_range(self):
        expected = {
            "{action: drop, protocol: udp}": "no no both both no no",
            "{action: drop, protocol: tcp}": "both both no both both both",
            "{action: drop, protocol: icmp}": "both both both no both both",
            "{action: drop, protocol: any}": "no no no no no no",
            "{action: drop, protocol: any, ports: 5000}": "no both no both no no",
            "{action: drop, protocol: udp, except_ports: 5000}": "both no both both both both",
            "{action: drop, protocol: udp, ports: 5001-6000}": "both no both both both both",
            "{action: drop, protocol: any, to: [168.100.64.0/18, 192.0.2.0/24]}":
                "no no no no both no",
            "{action: drop, protocol: any, except_to: [168.100.64.0/18, 192.0.2.0/24]}":
                "both both both both no both",
            "{action: drop, protocol: udp, direction: in, ports: 5000}":
                "there both both both there there",
            "{action: drop, protocol: any, direction: in, to: 216.147.0.0/18}":
                "both both both both there both",
        }
        for rule, ends in expected.items():
            with self.subTest(rule=rule):
                self.assertEqual(" ".join(self.ends(rule)), ends)

    def test_the_first_rule_that_fits_decides(self):
        found = self.measure_rule("{action: reject, protocol: udp, ports: 5000, code: "
                                  "net-unreachable}, {action: drop, protocol: udp}", "reject")
        self.assertEqual(found["icmp"], [3, 0])

    def test_large_packets_are_dropped_in_the_rules_direction(self):
        rule = "{action: drop, protocol: udp, larger_than: 500, direction: %s}"
        self.assertEqual(self.measure_rule(rule % "out", "sizes", 500, 501),
                         {"up": [True, False], "down": [True, True]})
        self.assertEqual(self.measure_rule(rule % "in", "sizes", 500, 501),
                         {"up": [True, True], "down": [True, False]})

    def assert_rate(self, rule, at_once, a_second, *flood):
        """Packets of a bucket that holds so many and fills at such a rate, within 5 %."""
        arrived, seconds = self.measure_rule(rule, "flood", *flood)
        expected = min(flood[0], at_once + a_second * seconds)
        self.assertGreaterEqual(arrived, 0.95 * expected - 1)
        self.assertLessEqual(arrived, 1.05 * expected + 1)

    def test_tcp_is_seen_in_segments_as_on_a_wire(self):
        rule = "{action: reject, protocol: tcp, larger_than: 1500, direction: %s}"
        for direction in ("out", "in"):
            self.assertEqual(self.measure_rule(rule % direction, "tcp_transfer", 300000),
                             [True, True])

    def test_only_what_exceeds_a_rate_is_dropped(self):
        rule = "{action: drop, protocol: udp, above_pps: 100}"
        # 50 ms of it at once.
        self.assert_rate(rule, 5, 100, 300, 100, 1)
        self.assert_rate(rule, 5, 100, 45, 100, 0.5)
        rule = "{action: drop, protocol: udp, above_kbps: 800}"
        # A second's worth at once.
        self.assert_rate(rule, 100, 100, 500, 1000, 1)
        self.assert_rate(rule, 100, 100, 90, 1000, 1)

    def test_a_flow_ends_after_so_many_packets(self):
        # One flow, another one; the last one with an answer to each packet.
        self.assertEqual(self.measure_rule("{action: drop, protocol: udp, after_packets: 7}",
                                           "after_packets", 12), [7, 7, 8])

    def test_a_flow_ends_after_so_many_seconds(self):
        self.assertEqual(self.measure_rule("{action: drop, protocol: udp, after_s: 1}",
                                           "after_seconds", 0, 0.5, 1.5, 2.2),
                         [True, True, False, False, True])


class Lines(NetworkCase):
    """MTU and DSCP."""

    def test_a_router_before_a_narrow_line_tells_its_mtu(self):
        told = {"up": ["arrived", 1300, 1300, "fragmented"],
                "down": ["arrived", 1300, 1300, "fragmented"]}
        for parts in ("site: {nat: {}, mtu: {bytes: 1300}}",
                      "site: {nat: {}}\ncarrier: {nat: {}, mtu: {bytes: 1300}}"):
            self.assertEqual(self.measure(parts, "path_mtu", 1300, 1301, 1500), told)
            self.assertEqual(self.measure(parts, "tcp_transfer", 300000), [True, True])

    def test_in_a_black_hole_large_packets_vanish(self):
        lost = {"up": ["arrived", "lost", "lost", "fragmented"],
                "down": ["arrived", "lost", "lost", "fragmented"]}
        for parts in ("site: {nat: {}, mtu: {bytes: 1300, black_hole: true}}",
                      "site: {nat: {}}\ncarrier: {nat: {}, mtu: {bytes: 1300, black_hole: true}}"):
            self.assertEqual(self.measure(parts, "path_mtu", 1300, 1301, 1500), lost)
            self.assertEqual(self.measure(parts, "tcp_transfer", 300000), [False, False])

    def test_dscp_is_left_or_rewritten_both_ways(self):
        self.assertEqual(self.measure("site: {nat: {}}", "dscp", 46), {"up": 46, "down": 46})
        self.assertEqual(self.measure("site: {nat: {}, dscp: 0}", "dscp", 46),
                         {"up": 0, "down": 0})
        self.assertEqual(self.measure("site: {nat: {}}\ncarrier: {dscp: 8}", "dscp", 46),
                         {"up": 8, "down": 8})


class Ipv6Only(NetworkCase):
    """NAT64; its device is root's."""
    parts = "site: {ip: ipv6-nat64%s}"
    server = "64:ff9b::a864:400a"

    def setUp(self):
        if not os.access("/dev/net/tun", os.W_OK):
            self.skipTest("NAT64 needs /dev/net/tun")

    def test_a_server_is_reached_through_nat64_and_not_by_ipv4(self):
        self.assertEqual(self.measure(self.parts % "", "nat64", self.server),
                         {"seen": "203.0.113.66", "back": self.server, "ipv4": False})

    def test_rules_for_ipv4_ranges_hold_behind_nat64(self):
        rule = ", firewall: [{action: reject, protocol: any, to: 168.100.64.0/18}]"
        # ICMPv6 type 1 code 1: administratively prohibited.
        self.assertEqual(self.measure(self.parts % rule, "reject", self.server, 5000, "::"),
                         {"icmp": [1, 1], "tcp": "refused"})


class Impossible(NetworkCase):
    """What this machine cannot build."""

    def test_the_part_that_the_kernel_cannot_do_is_named(self):
        tools = tempfile.mkdtemp(dir=self.folder)
        os.chmod(tools, 0o755)
        with open(os.path.join(tools, "nft"), "w") as file:
            file.write('#!/bin/sh\nline=$(grep -n "add @young_2" | cut -d: -f1)\n'
                       'echo "/dev/stdin:$((line + 2)):1-9: Error: no such file"\nexit 1\n')
        os.chmod(file.name, 0o755)
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = tools + ":" + path
        run = self.run_lab("site: {firewall: [{action: drop, protocol: udp}, "
                           "{action: drop, protocol: tcp, after_s: 5}]}", "true")
        self.assertEqual(run.returncode, 3)
        self.assertIn('network "test": site: firewall: rule 2: this kernel cannot do it: ',
                      run.stderr)
        self.assertIn("no such file", run.stderr)


class TranslationAsNobody(nobody.WithoutRights, Translation):
    pass


class SitesAsNobody(nobody.WithoutRights, Sites):
    pass


class RulesAsNobody(nobody.WithoutRights, Rules):
    pass


class LinesAsNobody(nobody.WithoutRights, Lines):
    pass


class Ipv6OnlyAsNobody(nobody.WithoutRights, NetworkCase):
    def test_it_is_told_what_is_missing(self):
        run = self.run_lab("site: {ip: ipv6-nat64}", "true")
        if run.returncode == 0:
            self.skipTest("everybody may open /dev/net/tun here")
        self.assertEqual(run.returncode, 3)
        self.assertIn('network "test": site: ip: IPv6-only needs /dev/net/tun, which this user '
                      'cannot open', run.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
