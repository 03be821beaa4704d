# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs inside a lab: asks its TURN server's relay ports, with the lab's own credentials.
"""usage: relay_probe.py RUN_PROBE URI [options of run_probe]; prints its JSON"""
import json
import os
import subprocess
import sys
import tempfile


def main():
    with open(os.environ["MEDIAPATH_LAB"], encoding="utf-8") as file:
        lab = json.load(file)
    with tempfile.NamedTemporaryFile("w", suffix=".password") as password:
        password.write(lab["turn_password"] + "\n")
        password.flush()
        sys.exit(subprocess.run(
            [sys.argv[1], "ports-relay", sys.argv[2], "--user", lab["turn_user"],
             "--password-file", password.name, "--ca-file", lab["ca_file"],
             *sys.argv[3:]]).returncode)


main()
