# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The sample of UDP ports that every check asks: what it finds, what it leaves unknown, and that it
# disturbs nobody.
"""usage: test_port_sample.py MEDIAPATH [unittest arguments]"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

MEDIAPATH = os.path.abspath(sys.argv[1])
NETWORK = """schema: mediapath-network/1
name: sample
sentence: {en: "A firewall.", ja: "ファイアウォール。"}
site:
  nat: {}
  firewall: [FIREWALL]
link: {both: LINK}
provider:
  turn: {state: running, quota: QUOTA}
  responder: {state: running}
"""
DROP = '{{action: drop, protocol: udp, ports: "{}-{}", direction: {}}}'
QUIET = ("--skip", "media,web,computer,nat,path")
RELAY_ONLY = ("--skip", "ports,media,web,computer,nat,path")


def check(*options, firewall=(), link="{}", quota=100):
    text = NETWORK.replace("FIREWALL", ", ".join(firewall)).replace("LINK", link)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text.replace("QUOTA", str(quota)))
        file.flush()
        run = subprocess.run([MEDIAPATH, "lab", file.name, "--", MEDIAPATH, "check", "--quiet",
                              "--json", "-", *options], capture_output=True, text=True, timeout=150)
    if not run.stdout:
        raise AssertionError(f"exit {run.returncode}: {run.stderr}")
    return json.loads(run.stdout)


def step(result, step_id):
    return next(item for item in result["measurements"] if item["id"] == step_id)


def finding(result, finding_id="udp-ports-blocked"):
    return next((item for item in result["findings"] if item["id"] == finding_id), None)


def media_rows(result):
    """One a server."""
    return [row for row in result["requirements"] if row["row"] == "1-7"
            and row["service"] == "MEDIA" and "-" in row["port"]]


def media_row(result):
    return media_rows(result)[0]


def states(facts):
    """Of the ports that were asked."""
    return {port: part["state"] for part in facts["ranges"] for port in facts["sampled_ports"]
            if part["first"] <= port <= part["last"]}


class Responder(unittest.TestCase):
    def test_healthy_paths_have_no_blocked_port(self):
        for link in "{}", "{delay_ms: 60, loss: {percent: 2}}", "{rate_kbps: 1000}":
            with self.subTest(link):
                result = check(*QUIET, link=link)
                facts = step(result, "ports")["facts"]
                self.assertTrue(facts["is_sample"])
                self.assertIsNone(finding(result))
                self.assertLessEqual(set(states(facts).values()), {"open"})
                self.assertGreater(len(states(facts)), 300)
                row = media_row(result)
                self.assertEqual(row["state"], "unknown")
                self.assertEqual(row["sample"]["measurement"], "ports")
                # None of 400: fewer than 0.75 %. What could not be decided counts as blocked.
                self.assertLess(row["sample"]["blocked_bound_percent"], 3)

    def test_ranges_are_found_between_sampled_ports(self):
        result = check(*QUIET, firewall=[DROP.format(20000, 29999, "out"),
                                         DROP.format(41000, 44999, "in")])
        facts = step(result, "ports")["facts"]
        for port, state in states(facts).items():
            self.assertEqual(state, "blocked_out" if 20000 <= port <= 29999 else
                             "blocked_in" if 41000 <= port <= 44999 else "open", port)
        numbers = finding(result)["numbers"]
        self.assertEqual(numbers["sampled"], facts["ports_asked"])
        outward, inward = ([int(port) for port in part.split("-")]
                           for part in numbers["ports"].split(", "))
        # Rules often begin and end there: those ports are always asked.
        self.assertEqual(outward, [20000, 29999])
        self.assertTrue(41000 <= inward[0] <= 41330 and 44670 <= inward[1] <= 44999, inward)
        self.assertEqual(media_row(result)["state"], "failed")
        self.assertIn("mediapath ports", finding(result)["advice"])

    def test_silence_of_all_ports_is_no_finding_of_its_own(self):
        result = check(*QUIET, firewall=["{action: drop, protocol: udp, to: 216.147.0.0/18}"])
        self.assertEqual(step(result, "ports")["outcome"], "silent")
        self.assertIsNone(finding(result))
        self.assertEqual(media_row(result)["state"], "unknown")

    def test_media_waits_for_its_end(self):
        result = check("--skip", "web,computer,nat,path", "--transport", "udp")
        sample, media = step(result, "ports"), step(result, "media-udp")
        self.assertGreaterEqual(media["started_ms"], sample["started_ms"] + sample["duration_ms"])
        self.assertGreater(sample["started_ms"], 0)


class Relay(unittest.TestCase):
    def test_a_hole_is_found_with_credentials_alone(self):
        result = check(*RELAY_ONLY, firewall=[DROP.format(30000, 49999, "out")])
        facts = step(result, "ports-relay")["facts"]
        for port, state in states(facts).items():
            self.assertEqual(state, "blocked_out" if 30000 <= port <= 49999 else "open", port)
        self.assertIn("blocked_out", states(facts).values())
        self.assertEqual(finding(result)["evidence"], ["ports-relay"])
        self.assertEqual(media_row(result)["state"], "failed")

    def test_the_way_that_answers_is_taken(self):
        result = check(*RELAY_ONLY, firewall=[DROP.format(3478, 3478, "out")])
        relay = step(result, "ports-relay")
        self.assertEqual(relay["transport"], "tls")
        self.assertEqual(set(states(relay["facts"]).values()), {"open"})

    def test_a_quota_is_left_to_media(self):
        result = check("--skip", "ports,web,computer,nat,path", quota=8)
        self.assertEqual(step(result, "ports-relay")["outcome"], "answered")
        self.assertLess(step(result, "ports-relay")["facts"].get("allocations_at_once", 0), 9)
        self.assertIsNone(finding(result, "turn-quota"))
        for way in "media-turn-udp", "media-turn-tcp", "media-turn-tls":
            self.assertEqual(step(result, way)["outcome"], "answered", way)


class Walk(unittest.TestCase):
    def test_parts_of_the_ranges_are_asked_beside(self):
        result = check("--walk", "168.100.64.0/18", "--walk", "216.147.0.0/18", *QUIET,
                       firewall=["{action: drop, protocol: udp, to: 216.147.32.0/19}"])
        prefixes = step(result, "ports-walk")["facts"]["prefixes"]
        self.assertEqual(prefixes["parts"], 128)
        blocked = finding(result, "udp-prefixes-blocked")
        self.assertTrue(prefixes["blocked"])
        for part in prefixes["blocked"]:
            self.assertIn(int(part.split(".")[2]), range(32, 64), part)
        self.assertTrue(blocked["likely"])
        self.assertIn(("failed", "ports-walk"), [(row["state"], row.get("measurement"))
                                                 for row in media_rows(result)])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
