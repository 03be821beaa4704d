# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What changes under a call, done for real while media flows: is it noticed, restarted, told whose it
# is, and does media come back?
"""usage: test_ice_change.py MEDIAPATH SOURCE_ROOT [unittest arguments]"""
import json
import os
import re
import subprocess
import sys
import unittest

import jsonschema

MEDIAPATH, SOURCE_ROOT = map(os.path.abspath, sys.argv[1:3])
HERE = os.path.dirname(os.path.abspath(__file__))
ENDS_WITHIN_S = 90
# A restart needs some hundred milliseconds; what is measured beside others may be slower.
SOON_MS = 2500
# A call whose media is out is given up after 12 s, and one that is closed at once; with three more
# seconds to see it, and two to hang up.
PATIENCE_S = 12 + 3 + 2
GOODBYE_S = 3


class Call:
    def __init__(self, change, way="udp", *options):
        arguments = ["--transport", way, "--media-seconds", "4", *options]
        if way != "udp":
            arguments += ["--only", "turn,media"]
        self.run = subprocess.run(
            [MEDIAPATH, "lab", "clean", "--", "/usr/bin/python3",
             os.path.join(HERE, "change_network.py"), MEDIAPATH, change, *arguments],
            capture_output=True, text=True, timeout=ENDS_WITHIN_S)
        if not self.run.stdout:
            raise AssertionError(self.run.stderr)
        self.result = json.loads(self.run.stdout)
        self.ended_after_s = float(re.search(r"it ended (\S+) s after", self.run.stderr)[1])
        with open(os.path.join(SOURCE_ROOT, "scenarios/schema/result.schema.json")) as file:
            jsonschema.validate(self.result, json.load(file))
        self.media = next(entry for entry in self.result["measurements"]
                          if entry["kind"] == "media")
        self.facts = self.media["facts"]

    def events(self, what):
        return [event for event in self.facts["events"] if event["what"] == what]

    def finding(self, name):
        return next(entry for entry in self.result["findings"] if entry["id"] == name)

    def names(self):
        """Findings about the network, not about this machine."""
        return {entry["id"] for entry in self.result["findings"] if entry["owner"] != "tester" or
                entry["id"] == "address-changed"}


class Change(unittest.TestCase):
    def assert_came_back(self, call, cause, finding, owner, severity="warning"):
        self.assertEqual(call.media["outcome"], "answered", call.facts["stages"])
        self.assertEqual(len(call.events(cause)), 1, call.facts["events"])
        self.assertEqual(len(call.events("restarted")), 1, call.facts["events"])
        self.assertEqual(call.names(), {finding})
        told = call.finding(finding)
        self.assertEqual((told["owner"], told["severity"]), (owner, severity))
        self.assertEqual(told["numbers"]["outage_ms"], call.facts["outage_ms"])
        # Media went both ways again, under the keys that it had before.
        self.assertGreater(call.facts["down"]["packets_received"], 500)
        self.assertGreater(call.facts["up"]["packets_received"], 500)
        restarted, = call.events("restarted")
        self.assertLess(call.facts["outage_ms"], restarted["ms"])
        if call.events("media-stopped"):
            resumed = call.events("media-resumed")[-1]
            self.assertEqual(call.facts["outage_ms"], sum(event["took_ms"] for event in
                                                          call.events("media-resumed")))
            self.assertGreaterEqual(resumed["ms"], restarted["ms"])

    def test_nothing_changes(self):
        call = Call("none")
        self.assertEqual((call.facts["events"], call.facts["outage_ms"], call.facts["restarts"]),
                         ([], 0, 0))
        self.assertEqual(call.facts["consent"]["lost"], 0)
        self.assertGreaterEqual(call.facts["consent"]["answered"], 1)
        self.assertEqual(call.names(), set())
        ice = call.facts["ice"]
        order = [ice[name] for name in ("gathered_ms", "checks_began_ms", "first_answer_ms",
                                        "selected_ms")]
        self.assertEqual(order, sorted(order))
        self.assertGreaterEqual(ice["nominated_ms"], ice["first_answer_ms"])
        self.assertGreaterEqual(ice["answers_received"], 1)

    def test_the_computers_address_changes(self):
        call = Call("address")
        self.assert_came_back(call, "address-gone", "address-changed", "tester")
        self.assertEqual(call.events("address-gone")[0]["address"], "10.10.0.2")
        self.assertEqual(call.events("address-new")[0]["address"], "10.10.0.3")
        self.assertLess(call.facts["outage_ms"], SOON_MS)

    def test_ways_after_the_change_go_from_the_new_address(self):
        call = Call("address", "udp,turn-udp", "--only", "turn,media")
        media = {entry["id"]: entry["outcome"] for entry in call.result["measurements"]
                 if entry["kind"] == "media"}
        self.assertEqual(media, {"media-udp": "answered", "media-turn-udp": "answered"})
        self.assertEqual(call.names(), {"address-changed"})

    def test_the_computers_address_changes_under_a_relayed_call(self):
        call = Call("address", "turn-udp")
        self.assert_came_back(call, "address-gone", "address-changed", "tester")
        self.assertLess(call.facts["outage_ms"], SOON_MS)

    def test_the_address_is_gone_for_good(self):
        call = Call("no-address")
        self.assertEqual(call.media["outcome"], "silent")
        self.assertEqual(call.events("restarted"), [])
        self.assertGreater(call.facts["outage_ms"], 8000)
        self.assertEqual(call.names(), {"address-changed"})
        self.assertEqual(call.finding("address-changed")["severity"], "error")

    def test_the_nat_takes_another_port(self):
        call = Call("nat")
        self.assert_came_back(call, "mapping-changed", "nat-rebinding", "site_network")
        changed, = call.events("mapping-changed")
        self.assertEqual(changed["seen_by"], "far-end")
        self.assertTrue(changed["from"].startswith("203.0.113.2:"))
        self.assertNotEqual(changed["from"], changed["to"])
        self.assertLess(call.facts["outage_ms"], SOON_MS)

    def test_the_nat_takes_another_port_under_a_relayed_call(self):
        call = Call("nat", "turn-udp")
        self.assert_came_back(call, "mapping-changed", "nat-rebinding", "site_network")
        self.assertEqual(call.events("mapping-changed")[0]["seen_by"], "relay")

    def test_the_turn_server_restarts(self):
        call = Call("turn-restart", "turn-udp")
        self.assert_came_back(call, "relay-forgot", "relay-restarted", "service_operator")
        self.assertEqual(call.events("relay-forgot")[0]["code"], 437)
        self.assertNotIn("likely", call.finding("relay-restarted"))

    def test_the_turn_server_restarts_under_a_connection(self):
        for way in ("turn-tcp", "turn-tls"):
            with self.subTest(way=way):
                call = Call("turn-restart", way)
                self.assert_came_back(call, "relay-closed", "relay-restarted", "service_operator")
                self.assertTrue(call.finding("relay-restarted")["likely"])

    def test_the_far_end_restarts(self):
        call = Call("responder-restart")
        self.assertEqual(call.media["outcome"], "reset")
        self.assertEqual(call.events("session-gone")[0]["code"], 404)
        self.assertEqual(call.names(), {"far-end-gone"})
        self.assertGreater(call.facts["outage_ms"], 1500)

    def assert_ended(self, call, outcome, at_most_s):
        """In time, with a true outcome, and with what was measured until then."""
        self.assertEqual(call.media["outcome"], outcome, call.facts["stages"])
        self.assertLess(call.ended_after_s, at_most_s)
        self.assertGreater(call.facts["own_record"]["packets_received"], 50)
        self.assertIn("pair", call.facts)
        self.assertIn("dtls", call.facts)
        self.assertNotEqual(call.result["verdict"], "stable")

    def test_nothing_more_is_let_out(self):
        call = Call("cut-up", "udp", "--media-seconds", "14")
        # The firewall is to blame, and not the far end.
        self.assertEqual(call.names(), {"media-cut"})
        self.assertEqual(call.finding("media-cut")["owner"], "site_network")
        self.assertEqual(call.result["verdict"], "unstable")
        # Not even sound alone would do.
        for forecast in call.result["forecast"].values():
            self.assertEqual(forecast["limiting_factor"], "media_cut")
            self.assertNotIn("setting", forecast)

    def test_a_firewall_that_ends_flows(self):
        # Only what leaves is cut, and a new flow passes: consent is missed before the far end
        # ends the call, and a restart brings media back.
        run = subprocess.run([MEDIAPATH, "lab", "office-media-cut", "--", MEDIAPATH, "check",
                              "--only", "turn,media", "--transport", "udp,turn-udp", "--json", "-"],
                             capture_output=True, text=True, timeout=ENDS_WITHIN_S)
        result = json.loads(run.stdout)
        for media in (entry for entry in result["measurements"] if entry["kind"] == "media"):
            with self.subTest(way=media["id"]):
                what = [event["what"] for event in media["facts"]["events"]]
                self.assertIn("consent-lost", what)
                self.assertIn("restarted", what)
                self.assertEqual(media["outcome"], "answered")
        self.assertEqual({entry["id"] for entry in result["findings"]
                          if entry["owner"] != "tester"}, {"media-cut"})

    def test_the_far_end_ends_the_dtls_session(self):
        call = Call("dtls-closed")
        self.assert_ended(call, "reset", GOODBYE_S)
        self.assertEqual(call.names(), {"far-end-gone"})

    def test_the_interface_goes_down(self):
        call = Call("no-interface")
        self.assert_ended(call, "silent", PATIENCE_S)
        self.assertEqual(call.events("restarted"), [])
        self.assertEqual({event["detail"] for event in call.events("restart-failed")},
                         {"no usable interface"})
        self.assertEqual(call.finding("interface-down")["owner"], "tester")
        self.assertNotIn("consent-lost", call.names())

    def test_the_turn_server_is_gone(self):
        call = Call("turn-gone", "turn-udp")
        self.assert_ended(call, "silent", PATIENCE_S)
        self.assertEqual({event["detail"] for event in call.events("restart-failed")},
                         {"no relayed candidate"})
        self.assertEqual(call.finding("relay-gone")["owner"], "service_operator")
        self.assertNotIn("consent-lost", call.names())

    def test_the_far_end_is_gone(self):
        call = Call("responder-gone")
        self.assertEqual(call.media["outcome"], "silent")
        self.assertEqual(call.events("restarted"), [])
        self.assertEqual({event["detail"] for event in call.events("restart-failed")}, {"refused"})
        self.assertEqual(call.names(), {"far-end-gone"})
        # What was measured until then is kept.
        self.assertIn("pair", call.facts)
        self.assertIn("setup_ms", call.facts)
        self.assertGreater(call.facts["own_record"]["packets_received"], 50)
        self.assertGreater(call.facts["consent"]["lost"], 5)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
