# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Records of calls as they are kept: nothing of a packet is lost, nothing depends on the order in
# which records came.
"""usage: test_kept.py [unittest arguments]"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import kept  # noqa: E402
import kept_packets  # noqa: E402
import synthetic  # noqa: E402


def keep(to, *records):
    """What `keep` makes of records, into a folder that may hold others."""
    with tempfile.TemporaryDirectory() as folder:
        for record in records:
            cell = record["cell"]
            path = pathlib.Path(folder) / f"{cell['id']}.{cell['repeat']}.json"
            path.write_text(json.dumps(record))
        subprocess.run([HERE / "keep", "--to", to, folder], check=True, capture_output=True)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class Kept(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = pathlib.Path(directory.name) / "a"
        self.other = pathlib.Path(directory.name) / "b"

    def test_packets_come_back_to_the_letter(self):
        text = synthetic.packets()
        told, room = kept_packets.pack(text)
        self.assertEqual(text, kept_packets.unpack(told, room))
        self.assertLess(len(room), len(text) / 5)

    def test_packets_of_unknown_start_come_back_as_well(self):
        text = "".join(line for line in synthetic.packets().splitlines(True)
                       if not line.startswith(kept_packets.START))
        self.assertEqual(text, kept_packets.unpack(*kept_packets.pack(text)))

    def test_numbers_of_any_size_and_sign(self):
        column, given = bytearray(), [0, 1, -1, 63, -64, 64, 127, -128, 10 ** 9, -10 ** 9]
        for number in given:
            kept_packets.append(column, number)
        self.assertEqual(given, list(kept_packets.numbers(column)))

    def test_streams_are_known_by_their_sizes(self):
        told, _ = kept_packets.pack(synthetic.packets())
        self.assertEqual({synthetic.CAMERA: "camera", synthetic.SOUND: "audio",
                          synthetic.ECHO: "echo", synthetic.AGAIN: "retransmission"},
                         dict(told["up"]["streams"]))

    def test_a_call_is_labelled_and_trimmed(self):
        keep(self.folder, synthetic.record())
        [call] = kept.calls(self.folder)
        self.assertEqual(("stable", None), (call["label"], call["why"]))
        self.assertEqual(30, call["figures"]["up"]["fps"])
        self.assertEqual([30] * 40, call["by_second"]["down"]["fps"])
        self.assertEqual([1600] * 40, call["by_second"]["up"]["received_kbps"])
        self.assertEqual([10] * 40, call["by_second"]["up"]["concealed_ms"])
        self.assertNotIn("plan", call["before"])
        self.assertNotIn("slots", call)
        [facts] = [each["facts"] for each in call["before"]["measurements"]]
        self.assertNotIn("candidates", facts)
        self.assertEqual(40.1, facts["rtt_ms"]["p50"])

    def test_bytes_do_not_depend_on_when_records_came(self):
        records = [synthetic.record(0), synthetic.record(1), synthetic.record(0, cell="loss-a-b")]
        keep(self.folder, *records)
        for record in reversed(records):
            keep(self.other, record)
        self.assertEqual(files(self.folder), files(self.other))

    def test_a_new_record_takes_the_place_of_its_cell_and_repeat(self):
        keep(self.folder, synthetic.record(0), synthetic.record(1))
        keep(self.folder, synthetic.record(1, fps=20))
        self.assertEqual([30, 20], [call["figures"]["up"]["fps"]
                                    for call in kept.calls(self.folder)])

    def test_packets_before_and_after_are_apart(self):
        record = synthetic.record()
        record["after"]["packets"] = record["after"]["packets"].replace("8353", "8352")
        keep(self.folder, record)
        [each] = kept.packed("clean", self.folder).values()
        for name in kept.CHECKS:
            self.assertEqual(record[name]["packets"], kept.packets(each, name))

    def test_a_check_that_saw_nothing_is_no_ground_for_a_forecast(self):
        call = {name: synthetic.check()["result"] for name in kept.CHECKS}
        self.assertEqual("before", kept.check_of(call))
        del call["before"]["measurements"][0]["facts"]["up"]
        self.assertEqual("after", kept.check_of(call))
        del call["after"]["measurements"][0]["facts"]["up"]
        self.assertIsNone(kept.check_of(call))


if __name__ == "__main__":
    unittest.main()
