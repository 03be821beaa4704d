# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The hosts of the requirements, visited in networks that let them through, keep them, answer in
# their place or want a proxy: which stage breaks, how the rows stand, and how long it takes.
"""usage: test_allow_list.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
NETWORKS = os.path.join(SOURCE_ROOT, "scenarios/networks")
# Ways, hosts and computer; media apart.
REACHABLE_S = 8
BLOCKED_S = 20
HOST = "user.bell-face.com"


def read(name):
    with open(os.path.join(NETWORKS, name + ".yaml")) as file:
        return yaml.safe_load(file)


def check(network, *options, role="host"):
    """In a network, as a mapping. Exit status and result."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(network, file, sort_keys=False)
        file.flush()
        run = subprocess.run([MEDIAPATH, "lab", file.name, "--", MEDIAPATH, "check", "--skip",
                              "media", "--role", role, "--json", "-", *options],
                             capture_output=True, text=True, timeout=60)
    try:
        result = json.loads(run.stdout)
    except json.JSONDecodeError:
        raise AssertionError(f"exit {run.returncode}: {run.stdout}{run.stderr}") from None
    with open(os.path.join(SOURCE_ROOT, "scenarios/schema/result.schema.json")) as file:
        jsonschema.validate(result, json.load(file))
    return run.returncode, result


def hosts(result):
    return {measurement["id"].removeprefix("web:"): measurement
            for measurement in result["measurements"] if measurement["kind"] == "web"}


def broken(measurement):
    for stage in measurement["facts"]["stages"]:
        if stage["outcome"] != "answered":
            return stage["name"], stage["outcome"]
    return None


def findings(result):
    return {finding["id"]: finding for finding in result["findings"]}


def web_rows(result):
    return [requirement for requirement in result["requirements"]
            if requirement["service"] in ("HTTPS", "WSS") and "measurement" in requirement]


class AllowList(unittest.TestCase):
    def assert_all(self, result, expected):
        visited = hosts(result)
        self.assertEqual(len(visited), 60)
        self.assertEqual({broken(measurement) for measurement in visited.values()}, {expected})

    def assert_states(self, result, *states):
        self.assertEqual({row["state"] for row in web_rows(result)}, set(states))

    def test_everything_reachable(self):
        status, result = check(read("clean"))
        self.assert_all(result, None)
        self.assert_states(result, "met")
        self.assertLess(result["duration_ms"], REACHABLE_S * 1000)
        codes = {stage["name"]: stage.get("code")
                 for stage in hosts(result)[HOST]["facts"]["stages"]}
        self.assertEqual((codes["https"], codes["websocket"]), (200, 101))
        self.assertNotIn("websocket-blocked", findings(result))

    def test_a_guest_needs_fewer_rows(self):
        _, result = check(read("clean"), "--only", "web", role="guest")
        self.assertEqual({row["state"] for row in web_rows(result)}, {"met"})
        self.assertLess(len(hosts(result)), 20)
        self.assertIn(HOST, hosts(result))
        self.assertNotIn("code.jquery.com", hosts(result))

    def test_a_lab_without_web_servers_is_not_asked(self):
        network = read("clean")
        del network["provider"]["web"]
        _, result = check(network, "--skip", "computer")
        self.assertEqual(hosts(result), {})
        self.assertEqual(web_rows(result), [])

    def test_everything_blocked(self):
        status, result = check(read("office-everything-blocked"))
        self.assert_all(result, ("connect", "silent"))
        self.assert_states(result, "failed")
        self.assertEqual(status, 1)
        self.assertEqual(findings(result)["nothing-answered"]["numbers"]["count"], 60)
        self.assertLess(result["duration_ms"], BLOCKED_S * 1000)

    def test_names_denied(self):
        network = read("office-dns-denies")
        network["site"]["dns"] = {"nxdomain": ["code.jquery.com", "gyazo.com"]}
        status, result = check(network, "--only", "web", "--resolver", "192.0.2.53")
        denied = {host for host, measurement in hosts(result).items() if broken(measurement)}
        self.assertLessEqual({"code.jquery.com", "gyazo.com"}, denied)
        found = findings(result)["name-unresolved"]
        self.assertIn("code.jquery.com", found["numbers"]["hosts"])
        self.assertEqual(status, 1)
        facts = hosts(result)["code.jquery.com"]["facts"]
        self.assertEqual(facts["name_answers"], "missing")
        self.assertEqual([entry["rcode"] for entry in facts["dns"] if "second" not in entry],
                         ["NXDOMAIN", "NXDOMAIN"])
        self.assertIn("name-answers-differ", findings(result))
        self.assertEqual(hosts(result)[HOST]["facts"]["name_answers"], "same")

    def test_a_name_server_that_lies(self):
        network = read("office-dns-lies")
        network["site"]["dns"] = {"lies": {"code.jquery.com": "10.10.0.1"}}
        _, result = check(network, "--only", "web")
        self.assertEqual(findings(result)["name-misdirected"]["evidence"],
                         ["web:code.jquery.com"])

    def test_a_slow_name_server_is_asked_once(self):
        """What was resolved is not resolved again for HTTPS, whose server is named all the same."""
        network = read("office-dns-slow")
        # Far more than HTTPS takes with sixty hosts at once, less than the wait for dns[].
        delay = network["site"]["dns"]["slow"]["delay_ms"] = 1900
        _, result = check(network, "--only", "web")
        for host, measurement in hosts(result).items():
            stages = {stage["name"]: stage for stage in measurement["facts"]["stages"]}
            self.assertEqual(stages["https"]["outcome"], "answered", host)
            self.assertEqual({entry["outcome"] for entry in measurement["facts"]["dns"]},
                             {"answered"}, host)
            # The name is asked for by getaddrinfo(3) and beside it for dns[]: the office's name server
            # sends one question on and answers both with it, the later one sooner. Its timer and
            # ours may differ by less than a millisecond.
            waits = [stages["resolve"]["ms"]] + [entry["ms"] for entry in measurement["facts"]["dns"]
                                                 if entry["type"] == "A"]
            self.assertGreaterEqual(max(waits), delay - 1, host)
            self.assertLess(stages["https"]["ms"], delay, host)
        # A and then AAAA are asked beside the visit.
        self.assertLess(result["duration_ms"], 3 * delay)

    def test_no_name_server(self):
        _, result = check(read("office-dns-blocked"), "--only", "web")
        self.assert_all(result, ("resolve", "silent"))
        self.assertEqual(findings(result)["name-unresolved"]["numbers"]["count"], 60)
        self.assertEqual({entry["outcome"] for entry in hosts(result)[HOST]["facts"]["dns"]} -
                         {"refused", "silent"}, set())

    def test_inspected(self):
        status, result = check(read("office-tls-inspected"))
        self.assert_all(result, ("tls", "intercepted"))
        self.assert_states(result, "failed")
        self.assertEqual(status, 1)
        self.assertTrue(any("web:" + HOST in finding["evidence"] and finding["numbers"]["issuer"]
                            for finding in result["findings"]
                            if finding["id"] == "tls-intercepted"))

    def test_portal(self):
        _, result = check(read("hotel-portal"))
        self.assert_states(result, "failed")
        self.assertIn("web:" + HOST, findings(result)["captive-portal"]["evidence"])

    def test_proxy(self):
        for name in ("office-proxy-only", "office-proxy-login", "office-socks-only"):
            with self.subTest(name):
                _, result = check(read(name), "--only", "web")
                self.assert_all(result, None)
                self.assertEqual({(row["state"], row.get("by_proxy"))
                                  for row in web_rows(result)}, {("met", True)})

    def test_a_proxy_whose_login_is_not_known(self):
        network = read("office-proxy-login")
        status, result = check(network, "--only", "web", "--proxy", "http://10.10.1.2:3128")
        self.assert_all(result, ("proxy", "auth_failed"))
        self.assertIn("proxy-login-wanted", findings(result))
        self.assertEqual(status, 1)

    def test_a_proxy_that_is_not_there(self):
        _, result = check(read("clean"), "--only", "web", "--proxy", "http://10.10.0.1:3128")
        self.assert_all(result, ("proxy_connect", "refused"))
        self.assertIn("proxy-down", findings(result))

    def test_websockets_are_cut(self):
        status, result = check(read("office-websocket-blocked"), "--only", "web")
        self.assertEqual(status, 1)
        self.assertEqual(list(findings(result)), ["websocket-blocked"])
        # Hosts of several companies: it is this site.
        self.assertNotIn("likely", findings(result)["websocket-blocked"])
        self.assertEqual(broken(hosts(result)[HOST]), ("websocket", "reset"))
        self.assertEqual({row["state"] for row in web_rows(result) if row["service"] == "WSS"},
                         {"failed"})
        self.assertEqual({row["state"] for row in web_rows(result) if row["service"] == "HTTPS"},
                         {"met"})

    def test_443_only(self):
        _, result = check(read("office-443-only"), "--only", "web")
        self.assert_all(result, None)

    def test_the_hosts_are_blocked(self):
        network = read("clean")
        network["site"]["firewall"] = [
            {"action": "reject", "protocol": "tcp", "ports": 443, "to": ["192.31.196.80/32"]}]
        status, result = check(network, "--only", "web")
        found = findings(result)["web-hosts-blocked"]
        self.assertEqual(status, 1)
        self.assertTrue(found["numbers"]["rule"].startswith("allow out tcp to { "))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
