# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The program as nobody runs it, who has no right and cannot read a build directory.
import os
import re
import shutil
import subprocess
import tempfile
import unittest

NUMBER = 65534
PREFIX = ["setpriv", f"--reuid={NUMBER}", f"--regid={NUMBER}", "--clear-groups", "--inh-caps=-all",
          "--bounding-set=-all"]


def user_namespaces_work():
    prefix = PREFIX if os.geteuid() == 0 else []
    return subprocess.run([*prefix, "unshare", "-Urn", "true"],
                          capture_output=True).returncode == 0


def make_folder(program, *files):
    """A folder that everybody can read, with the program, its library and other files."""
    folder = tempfile.mkdtemp(prefix="mediapath-test-", dir="/tmp")
    os.chmod(folder, 0o755)
    build = os.path.dirname(program)
    libraries = [os.path.join(build, name) for name in os.listdir(build)
                 if re.fullmatch(r"libmediapath\.so[.0-9]*", name)]
    for path in (program, *libraries, *files):
        shutil.copy(path, folder)
    return folder


class WithoutRights:
    """Goes before a test case whose commands start with `prefix`."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("the tests run without rights already")
        if not user_namespaces_work():
            raise unittest.SkipTest("this kernel forbids user namespaces")
        cls.prefix = PREFIX
        super().setUpClass()
