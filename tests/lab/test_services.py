# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The servers of a lab as a client meets them, as root and as nobody.
"""usage: test_services.py MEDIAPATH [unittest arguments]"""
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import unittest

import nobody
import test_lab

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORK = """schema: mediapath-network/1
name: test
sentence: {en: Test., ja: Test.}
site:
  %s
provider:
  turn: {state: running%s}
  responder: {state: running}
  web: {state: %s}
"""
WEB = "user.bell-face.com"
TURN = "turn.lab.mediapath.test"
AAAA = "28"


def leftovers():
    """Where servers write when they are not told otherwise."""
    places = ("/dev/shm", "/var/lib/nginx", "/var/log/nginx", "/var/log/squid", "/var/spool/squid",
              "/var/lib/unbound", "/var/lib/turn", "/var/spool/tayga")
    return [(place, sorted(os.listdir(place))) for place in places if os.path.isdir(place)]


class ServicesCase(test_lab.LabCase):
    """What the tests below share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leftovers = leftovers()
        cls.services_script = shutil.copy(os.path.join(HERE, "services_probe.py"), cls.folder)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        assert leftovers() == cls.leftovers, "servers have left files behind"

    def network(self, site="nat: {}", turn="", web="stopped"):
        return self.write("network.yaml", NETWORK % (site, turn, web))

    def ask(self, network, *arguments):
        status, out, errors = self.run_lab(network, test_lab.PYTHON, self.services_script,
                                           *arguments)
        self.assertEqual(status, 0, errors)
        return json.loads(out)


class Services(ServicesCase):
    """With the rights of who runs the tests; root in CI."""

    # Names

    def test_names_come_from_the_sites_name_server(self):
        found = self.ask(self.network(), "dns", TURN)
        self.assertEqual((found["code"], found["addresses"]), ("NOERROR", ["168.100.64.10"]))
        self.assertEqual(self.ask(self.network(), "lookup", TURN)["addresses"],
                         ["168.100.64.10"])

    def test_hosts_of_the_profile_are_at_the_web_server(self):
        for name in (WEB, "anvil.opentok.com", "code.jquery.com"):
            self.assertEqual(self.ask(self.network(), "dns", name)["addresses"], ["192.31.196.80"])

    def test_an_ipv4_name_has_no_ipv6_address_but_exists(self):
        found = self.ask(self.network(), "dns", WEB, AAAA)
        self.assertEqual((found["code"], found["addresses"]), ("NOERROR", []))

    def test_other_names_do_not_exist(self):
        self.assertEqual(self.ask(self.network(), "dns", "nobody.example")["code"], "NXDOMAIN")
        self.assertEqual(self.ask(self.network(), "lookup", "nobody.example"),
                         {"error": "no name"})

    def test_chosen_names_fail_do_not_exist_or_lie(self):
        network = self.network("dns: {servfail: [anvil.opentok.com], nxdomain: [karte.io], "
                               "lies: {code.jquery.com: 192.0.2.66}}")
        self.assertEqual(self.ask(network, "dns", "anvil.opentok.com")["code"], "SERVFAIL")
        self.assertEqual(self.ask(network, "lookup", "anvil.opentok.com"), {"error": "no answer"})
        self.assertEqual(self.ask(network, "dns", "sdk.karte.io")["code"], "NXDOMAIN")
        self.assertEqual(self.ask(network, "dns", "code.jquery.com")["addresses"], ["192.0.2.66"])
        self.assertEqual(self.ask(network, "dns", "static.opentok.com")["code"], "NOERROR")

    def test_every_name_can_fail_or_lie(self):
        for site, code in (("dns: {servfail: ['*']}", "SERVFAIL"),
                           ("dns: {nxdomain: ['*']}", "NXDOMAIN")):
            self.assertEqual(self.ask(self.network(site), "dns", TURN)["code"], code)
        found = self.ask(self.network("dns: {lies: {'*': 192.0.2.66}}"), "dns", TURN)
        self.assertEqual(found["addresses"], ["192.0.2.66"])

    def test_chosen_names_are_slow_and_others_are_not(self):
        network = self.network("dns: {slow: {names: [opentok.com], delay_ms: 400}}")
        slow = self.ask(network, "dns", "anvil.opentok.com")
        self.assertEqual(slow["addresses"], ["192.31.196.80"])
        self.assertGreaterEqual(slow["ms"], 400)
        self.assertLess(slow["ms"], 500)
        self.assertLess(self.ask(network, "dns", WEB)["ms"], 100)

    def test_a_stopped_name_server_is_not_there(self):
        network = self.network("dns: {state: stopped}")
        self.assertEqual(self.ask(network, "dns", TURN)["code"], "ConnectionRefusedError")

    # The web

    def test_https_for_every_host_with_the_labs_authority(self):
        network = self.network(web="running")
        for name in (WEB, "code.jquery.com", "www.sync.bell-face.com"):
            answer = self.ask(network, "https", name)
            self.assertEqual((answer["status"], answer["body"]), (200, "mediapath lab\n"))

    def test_websocket_is_spoken(self):
        answer = self.ask(self.network(web="running"), "websocket", WEB)
        self.assertEqual((answer["status"], answer["accepted"], answer["echo"]),
                         (101, True, "hello"))

    def test_plain_http_leads_to_https(self):
        answer = self.ask(self.network(web="running"), "http", WEB, "/a?b")
        self.assertEqual((answer["status"], answer["headers"]["location"]),
                         (301, f"https://{WEB}/a?b"))

    # Proxies

    def test_connect_through_the_http_proxy(self):
        network = self.network("proxy: {type: http}", web="running")
        answer = self.ask(network, "connect", WEB, "443")
        self.assertEqual((answer["status"], answer["inside"]), (200, 200))
        self.assertEqual(self.ask(network, "connect", TURN, "3478")["status"], 403)

    def test_the_http_proxy_wants_its_login(self):
        network = self.network("proxy: {type: http, login: true}", web="running")
        answer = self.ask(network, "connect", WEB, "443")
        self.assertEqual(answer["status"], 407)
        self.assertIn("basic", answer["headers"]["proxy-authenticate"])
        self.assertEqual(self.ask(network, "connect", WEB, "443", "wrong")["status"], 407)
        self.assertEqual(self.ask(network, "connect", WEB, "443", "right")["inside"], 200)

    def test_socks_5(self):
        network = self.network("proxy: {type: socks}", web="running")
        self.assertEqual(self.ask(network, "socks", WEB, "443"),
                         {"method": 0, "reply": 0, "inside": 200})

    def test_socks_5_with_a_login(self):
        network = self.network("proxy: {type: socks, login: true}", web="running")
        self.assertEqual(self.ask(network, "socks", WEB, "443"), {"method": 255})
        self.assertNotEqual(self.ask(network, "socks", WEB, "443", "wrong")["login"], 0)
        self.assertEqual(self.ask(network, "socks", WEB, "443", "right")["inside"], 200)

    def test_the_proxys_names_are_not_the_clients(self):
        network = self.network("{proxy: {type: socks}, dns: {nxdomain: ['*']}}", web="running")
        self.assertEqual(self.ask(network, "socks", WEB, "443")["inside"], 200)

    def test_proxies_of_two_labs_do_not_meet(self):
        network = self.network("proxy: {type: http}")
        labs = [test_lab.Lab(self, network, "sh", "-c", "echo up; sleep 1000") for _ in range(2)]
        for lab in labs:
            self.assertEqual(lab.wait_for_line(), "up")
        for lab in labs:
            lab.process.kill()
            self.assert_nothing_is_left(lab)
            lab.end()

    def test_no_secret_is_on_a_command_line(self):
        for kind in ("http", "socks"):
            network = self.network(f"proxy: {{type: {kind}, login: true}}")
            self.assertEqual(self.ask(network, "arguments")["with_secret"], [])

    # What opens TLS

    def test_interception_shows_the_offices_authority(self):
        network = self.network("{nat: {}, intercept_tls: [443]}", web="running")
        for name in (WEB, TURN, "responder.lab.mediapath.test"):
            shown = self.ask(network, "tls", name, "443")
            self.assertIn("Office TLS inspection", shown["issuer"])
            self.assertIn("self-signed certificate", shown["verdict"])

    def test_a_portal_stands_before_the_web(self):
        network = self.network("{nat: {}, captive_portal: true}", web="running")
        answer = self.ask(network, "http", WEB)
        self.assertEqual((answer["status"], answer["headers"]["location"]),
                         (302, "http://portal.lab.mediapath.test/login"))
        self.assertEqual(self.ask(network, "http", "portal.lab.mediapath.test", "/login")["status"],
                         200)
        self.assertIn("Hostname mismatch", self.ask(network, "tls", WEB, "443")["verdict"])

    def test_certificates_of_the_turn_server(self):
        for kind, verdict in (("trusted", "trusted"), ("untrusted", "unable to get local issuer"),
                              ("expired", "certificate has expired"),
                              ("other-name", "Hostname mismatch")):
            network = self.network(turn=f", certificate: {kind}")
            self.assertIn(verdict, self.ask(network, "tls", TURN, "443")["verdict"])

    # TURN

    def test_a_quota_ends_in_486(self):
        network = self.network(turn=", quota: 2")
        self.assertEqual(self.ask(network, "turn", "3")["codes"], [0, 0, 486])

    def test_a_forbidden_peer_ends_in_403(self):
        network = self.network(turn=", forbidden_peers: [216.147.0.0/18]")
        found = self.ask(network, "turn", "1", "216.147.0.20", "216.147.64.1")
        self.assertEqual((found["codes"], found["permissions"]), ([0], [403, 0]))

    def test_relays_lie_inside_of_the_ranges_or_outside(self):
        self.assertEqual(self.ask(self.network(), "turn")["relay"], "168.100.64.10")
        network = self.network(turn=", relay_address: outside")
        self.assertEqual(self.ask(network, "turn")["relay"], "198.51.100.10")

    def test_nat_behaviour_can_be_discovered(self):
        text = self.ask(self.network(), "natdiscovery")["text"]
        self.assertIn("NAT with Endpoint Independent Mapping", text)
        self.assertNotIn("not supported", text.lower())

    # IPv6 only

    def allow_tunnels(self):
        """On Debian everybody may open /dev/net/tun; where not, root can show a lab one."""
        mode = os.stat("/dev/net/tun").st_mode if os.path.exists("/dev/net/tun") else 0
        if mode & 0o006 == 0o006 or os.geteuid() == 0 and not self.prefix and mode:
            return
        if os.geteuid() != 0 or not mode:
            self.skipTest("/dev/net/tun cannot be opened on this machine")
        self.prefix = ["unshare", "-m", "sh", "-c", "mount -t tmpfs -o dev,mode=755 none /dev/net && "
                       "mknod -m 666 /dev/net/tun c 10 200 && exec \"$@\"", "sh", *self.prefix]

    def test_nat64_reaches_an_ipv4_server_by_its_name(self):
        self.allow_tunnels()
        network = self.network("ip: ipv6-nat64", web="running")
        self.assertEqual(self.ask(network, "dns", WEB, AAAA)["addresses"],
                         ["64:ff9b::c01f:c450"])
        self.assertEqual(self.ask(network, "https", WEB)["status"], 200)

    # All of it

    def test_only_what_is_needed_runs(self):
        self.assertLess(self.ask(self.network(), "arguments")["n"], 10)

    def test_a_lab_full_of_servers_is_up_in_good_time_and_leaves_nothing(self):
        network = self.network("{nat: {}, proxy: {type: http, login: true}, intercept_tls: [443], "
                               "captive_portal: true, dns: {servfail: [a.test], "
                               "slow: {names: [b.test], delay_ms: 100}}}", web="running")
        start = time.monotonic()
        lab = test_lab.Lab(self, network, "sh", "-c", "echo up; sleep 1000")
        self.assertEqual(lab.wait_for_line(), "up")
        self.assertLess(time.monotonic() - start, 1.5)
        self.assertGreater(len(lab.processes()), 10)
        lab.process.send_signal(signal.SIGKILL)
        self.assert_nothing_is_left(lab)
        lab.end()


class AsNobody(nobody.WithoutRights, Services):
    """The same, without any right."""


@unittest.skipUnless(nobody.user_namespaces_work(), "this kernel forbids user namespaces")
class Missing(ServicesCase):
    """A machine on which one of the servers is not installed."""
    TOOLS = ("ip", "nft", "tee", "turnserver", "dnsmasq")
    SITES = {
        "dnsmasq": ("nat: {}", "dnsmasq-base"),
        "unbound": ("dns: {servfail: [a.test]}", "unbound"),
        "squid": ("proxy: {type: http}", "squid"),
        "microsocks": ("proxy: {type: socks}", "microsocks"),
        "sslsplit": ("intercept_tls: [443]", "sslsplit"),
        "nginx": ("captive_portal: true", "nginx-light and libnginx-mod-nchan"),
    }

    def test_it_is_named_with_its_package(self):
        for missing, (site, package) in self.SITES.items():
            tools = tempfile.mkdtemp(dir=self.folder)
            os.chmod(tools, 0o755)
            for tool in set(self.TOOLS) - {missing}:
                shutil.copy(shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin"), tools)
            # The lab looks into /usr/sbin too.
            self.prefix = ["/usr/bin/unshare", "-Urm", "/bin/sh", "-c",
                           '/bin/mount --bind "$0" /usr/sbin && exec "$@"', tools]
            status, _, errors = self.run_lab(self.network(site), "true",
                                             environment={"PATH": tools})
            self.assertEqual(status, 3, errors)
            self.assertIn(f'"{missing}", which is not installed (Debian package {package})',
                          errors)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
