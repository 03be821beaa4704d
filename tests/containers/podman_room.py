# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A podman that leaves nothing behind, on machines too where podman as it comes does not run.
"""Podman with storage, runtime state, networks and processes of its own."""
import os
import shutil
import subprocess
import tempfile

# Called in place of crun. It takes the resource limits out of the container's description (raising
# them needs CAP_SYS_RESOURCE, which root may lack) and hides the second tree of control groups
# where a machine has two (crun 1.8 refuses that).
RUNTIME = r"""#!/usr/bin/python3
import json, os, sys

def drop(path, *keys):
    if not os.path.exists(path):
        return
    with open(path) as file:
        whole = json.load(file)
    part = whole
    for key in keys[:-1]:
        part = part.get(key, {})
    if part.pop(keys[-1], None) is not None:
        with open(path, "w") as file:
            json.dump(whole, file)

arguments = sys.argv[1:]
for flag, value in zip(arguments, arguments[1:]):
    if flag in ("--bundle", "-b"):
        drop(os.path.join(value, "config.json"), "process", "rlimits")
    if flag in ("--process", "-p"):
        drop(value, "rlimits")
os.execvp("unshare", ["unshare", "-m", "--propagation", "slave", "sh", "-c",
                      'umount /sys/fs/cgroup/unified 2>/dev/null; exec crun "$@"', "crun",
                      *arguments])
"""

SETTINGS = """
[containers]
default_ulimits = []
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "crun"
[engine.runtimes]
crun = ["{path}/crun"]
[network]
network_backend = "netavark"
network_config_dir = "{path}/networks"
"""

STORAGE = """
[storage]
driver = "overlay"
runroot = "/run/containers/storage"
graphroot = "{path}/storage"
"""

CGROUPS = "/sys/fs/cgroup"
# Control groups belong to the whole machine; podman makes its own in here and leaves them.
PODMAN_CGROUP = "libpod_parent"

# /run is fresh: no state of podman, netavark or crun is seen or left.
FURNISH = 'mount -t tmpfs -o mode=755 tmpfs /run && ip link set lo up; exec "$@"'


def podman_cgroups():
    """Deepest first."""
    return [path for path, _, _ in os.walk(CGROUPS, topdown=False) if PODMAN_CGROUP in path]


class Room:
    """As a context: everything of it is gone afterwards, whatever happened."""

    def __init__(self):
        self.cgroups_before = podman_cgroups()
        self.path = tempfile.mkdtemp(prefix="mediapath-containers-")
        for name in ("networks", "storage", "tmp"):
            os.mkdir(os.path.join(self.path, name))
        self.write("crun", RUNTIME, 0o755)
        self.environment = dict(
            os.environ, HOME=self.path, TMPDIR=os.path.join(self.path, "tmp"), LC_ALL="C.UTF-8",
            # Docker's image format: the other one has no HEALTHCHECK.
            BUILDAH_FORMAT="docker",
            CONTAINERS_CONF=self.write("containers.conf", SETTINGS.format(path=self.path)),
            CONTAINERS_STORAGE_CONF=self.write("storage.conf", STORAGE.format(path=self.path)))

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.path, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def enter(self, *command, has_network, timeout):
        """Runs it in mount and process namespaces of its own, with which all containers end.

        Without network it has a network namespace, too: containers reach each other and nothing
        else, and the packet filter rules and settings that netavark leaves go with it."""
        namespaces = ["--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"]
        if not has_network:
            namespaces.append("--net")
        return subprocess.run(["unshare", *namespaces, "--propagation", "private", "sh", "-c",
                               FURNISH, "room", *command], env=self.environment, timeout=timeout,
                              check=False).returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)
        for path in podman_cgroups():
            if path not in self.cgroups_before:
                os.rmdir(path)
