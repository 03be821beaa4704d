# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the images of containers/ on a Debian that debootstrap makes, so that no registry is asked,
# and runs them: a check between containers, the lab in one, the Kubernetes manifests.
# Needs root, Debian's mirror for the packages, and some 4 GB of disk for as long as it runs.
"""usage: test_containers.py SOURCE_ROOT [unittest arguments]

MEDIAPATH_DEBIAN_ROOT=DIRECTORY  a Debian 12 made by debootstrap, instead of a new one"""
import json
import os
import shutil
import subprocess
import sys
import unittest

import yaml

import podman_room

SOURCE_ROOT = os.path.abspath(sys.argv[1])
ROLES = ("client", "responder", "lab")
BASE = "localhost/debian:bookworm-slim"
IMAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOOLS = ("podman", "crun", "iptables", "catatonit", "debootstrap", "podman-compose", "openssl",
         "/usr/lib/podman/netavark", "/usr/lib/podman/aardvark-dns")
SKIPPED = 77  # how meson is told

BASE_S = 300
BUILD_S = 900
TESTS_S = 900
# The check's own deadline is 60 s.
CHECK_S = 90
STEP_S = 60
ATTEMPTS = 3


def source(*names):
    return os.path.join(SOURCE_ROOT, *names)


def run(*command, timeout=STEP_S, is_checked=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)
    if is_checked and done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done


# What is done outside of the tests.

def what_is_missing():
    if os.geteuid() != 0:
        return "root"
    if run("unshare", "--mount", "--net", "--pid", "--fork", "true", is_checked=False).returncode:
        return "the right to make namespaces"
    return " ".join(tool for tool in TOOLS if not shutil.which(tool))


def debian_mirror():
    """Where this machine's own apt gets Debian from."""
    targets = run("apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages",
                  "Origin: Debian", "Component: main").stdout.split()
    return next((site for site in targets if "security" not in site),
                "http://deb.debian.org/debian")


def make_base(room):
    """A tar file of Debian as debootstrap leaves it."""
    root = os.environ.get("MEDIAPATH_DEBIAN_ROOT")
    if not root:
        root = os.path.join(room.path, "debian")
        run("debootstrap", "--variant=minbase", "bookworm", root, debian_mirror(), timeout=BASE_S)
    tar = os.path.join(room.path, "debian.tar")
    run("tar", "--create", "--file", tar, "--directory", root, "--one-file-system",
        "--exclude=./var/cache/apt/archives/*.deb", ".")
    return tar


def build_images(tar):
    """Inside the room, with network: only Debian's mirror is asked."""
    run("podman", "import", "--change", f"ENV PATH={IMAGE_PATH}", tar, BASE)
    for role in ROLES:
        done = run("podman", "build", "--network", "host", "--pull=never", "--build-arg",
                   f"BASE={BASE}", "--file", source("containers", f"{role}.Containerfile"),
                   "--tag", f"localhost/mediapath-{role}", SOURCE_ROOT, timeout=BUILD_S)
        cached = done.stdout.count("Using cache")
        print(f"image {role}: built, {cached} steps from the cache", flush=True)


# What the tests share.

def podman(*arguments, **options):
    return run("podman", *arguments, **options)


def in_image(role, *command, options=(), **more):
    return podman("run", "--rm", "--network", "none", *options, f"localhost/mediapath-{role}",
                  *command, **more)


def shell(role, script, options=(), **more):
    return in_image(role, "-c", script, options=("--entrypoint", "/bin/sh", *options), **more)


EVERY_WAY = {"udp", "turn-udp", "turn-tcp", "turn-tls"}


def machine_is_the_limit(result):
    return any(forecast.get("limiting_factor") == "cpu_headroom"
               for forecast in result["forecast"].values()) or \
        any(finding["id"] == "host-limited" for finding in result["findings"])


def check_calmly(*command):
    """Exit status and result; again where this machine was too busy to measure."""
    for _ in range(ATTEMPTS):
        done = run(*command, timeout=CHECK_S, is_checked=False)
        try:
            result = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise AssertionError(f"exit {done.returncode}, no JSON: {done.stdout}{done.stderr}") \
                from None
        if not machine_is_the_limit(result):
            break
    return done.returncode, result, done.stderr


def usable_ways(result):
    return {path["transport"] for path in result["paths"] if path["usable"]}


def errors(result):
    return [finding["id"] for finding in result["findings"] if finding["severity"] == "error"]


class CheckCase(unittest.TestCase):
    """What a check between containers must find."""

    def assert_healthy(self, answer, ways):
        status, result, said = answer
        self.assertEqual(usable_ways(result), ways, said)
        self.assertEqual(errors(result), [], said)
        for path in result["paths"]:
            for direction in ("up", "down"):
                self.assertEqual(path[direction]["loss_percent"], 0, said)
        # A machine that stays busy is named as the limit; about the network all is said above.
        if not machine_is_the_limit(result):
            self.assertEqual((status, result["verdict"]), (0, "stable"), said)


class Images(unittest.TestCase):
    """What was installed works, and nothing else is in there."""

    def test_the_command_runs_in_every_image(self):
        for role, options in (("client", ()), ("lab", ()),
                              ("responder", ("--entrypoint", "mediapath"))):
            self.assertRegex(in_image(role, "--version", options=options).stdout, r"^mediapath \d")

    def test_it_speaks_japanese(self):
        self.assertIn("このネットワーク", in_image("client", "check", "--help",
                                        options=("--env", "LANGUAGE=ja")).stdout)

    def test_it_brings_its_library_profiles_and_manual(self):
        shell("client", "mediapath profile validate bellface && "
              "test -s /usr/share/man/man1/mediapath.1 && "
              "test -s /usr/share/mediapath/schema/result.schema.json")

    def test_no_compiler_and_no_header_is_left(self):
        for role in ROLES:
            shell(role, "! command -v gcc cc meson && ! test -e /usr/include/mediapath && "
                  "! test -e /src && ! test -e /build")

    def test_client_and_responder_are_nobody(self):
        for role in ("client", "responder"):
            status = shell(role, "cat /proc/self/status").stdout
            self.assertRegex(status, r"Uid:\s65532\s")
            self.assertRegex(status, r"CapEff:\s0+\n")

    def test_the_client_says_what_it_lacks_for_a_lab(self):
        done = in_image("client", "check", is_checked=False)
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_images_stay_small(self):
        base = int(podman("image", "inspect", "--format", "{{.Size}}", BASE).stdout)
        for role, most_mb in (("client", 130), ("responder", 130), ("lab", 400)):
            image = podman("image", "inspect", "--format", "{{.Size}}",
                           f"localhost/mediapath-{role}").stdout
            self.assertLess((int(image) - base) / 1e6, most_mb, role)


class Compose(CheckCase):
    """The lab of separate hosts, as compose.yaml says it."""

    @classmethod
    def setUpClass(cls):
        cls.secrets = os.path.join(os.environ["HOME"], "secrets")
        run(source("containers/secrets.sh"), cls.secrets)
        cls.environment = dict(os.environ, MEDIAPATH_SECRETS=cls.secrets, MEDIAPATH_USER="0:0",
                               MEDIAPATH_BASE=BASE)
        cls.addClassCleanup(cls.compose, "down")
        cls.compose("up", "-d", "turn", "responder")
        wait_until_healthy("mediapath_responder_1")

    @classmethod
    def compose(cls, *arguments, **options):
        return run("podman-compose", "-p", "mediapath", "-f", source("containers/compose.yaml"),
                   *arguments, env=cls.environment, **options)

    def check(self):
        """The client's words come from the file; podman-compose hides its exit status."""
        with open(source("containers/compose.yaml")) as file:
            client = yaml.safe_load(file)["services"]["client"]
        secrets = [f"--volume={self.secrets}/{name}:/run/secrets/{name}:ro"
                   for name in client["secrets"]]
        return check_calmly("podman", "run", "--rm", "--network", "mediapath_lab", "--user", "0:0",
                            "--read-only", "--cap-drop", "ALL", *secrets,
                            "localhost/mediapath-client", *client["command"], "--json", "-")

    def test_a_check_between_containers_is_stable(self):
        answer = self.check()
        self.assert_healthy(answer, EVERY_WAY)
        self.assertNotIn("dconf", answer[2])

    def test_the_client_service_runs_by_name(self):
        done = self.compose("run", "--rm", "--no-deps", "-T", "client", "check", "--only", "stun",
                            "--stun", "stun:turn:3478", timeout=CHECK_S)
        self.assertIn("STUN over UDP to turn:3478: seen as", done.stdout + done.stderr)

    def test_the_network_has_no_way_out(self):
        done = podman("run", "--rm", "--network", "mediapath_lab", "--entrypoint", "/bin/sh",
                      "localhost/mediapath-lab", "-c", "ip route show default")
        self.assertEqual(done.stdout, "")

    def test_a_wrong_token_is_refused(self):
        with open(os.path.join(self.secrets, "token")) as file:
            right = file.read()
        wrong = os.path.join(self.secrets, "wrong")
        with open(wrong, "w") as file:
            file.write("k" + right[::-1])
        os.chmod(wrong, 0o600)
        done = podman("run", "--rm", "--network", "mediapath_lab", "--user", "0:0", "--volume",
                      f"{self.secrets}:/run/secrets:ro", "localhost/mediapath-client", "check",
                      "--only", "media", "--responder", "https://responder:8443/whip", "--ca-file",
                      "/run/secrets/ca.pem", "--token-file", "/run/secrets/wrong", "--json", "-",
                      is_checked=False, timeout=CHECK_S)
        outcomes = {measurement["outcome"] for measurement in
                    json.loads(done.stdout)["measurements"] if measurement["kind"] == "media"}
        self.assertEqual(outcomes, {"auth_failed"}, done.stderr)

    def test_no_secret_shows_in_any_process_or_log(self):
        shown = ""
        for name in ("mediapath_turn_1", "mediapath_responder_1"):
            shown += podman("exec", name, "sh", "-c", "cat /proc/[0-9]*/cmdline; env").stdout
            logs = podman("logs", name)
            shown += logs.stdout + logs.stderr
        for name in ("token", "turn-password"):
            with open(os.path.join(self.secrets, name)) as file:
                self.assertNotIn(file.read().strip(), shown, name)

    def test_the_health_check_tells_a_dead_responder(self):
        podman("exec", "mediapath_responder_1", "mediapath-responder", "--is-healthy")
        done = podman("exec", "--env", "MEDIAPATH_STUN_PORT=3479", "mediapath_responder_1",
                      "mediapath-responder", "--is-healthy", is_checked=False)
        self.assertNotEqual(done.returncode, 0)

    def test_the_servers_end_when_they_are_told(self):
        for name in ("turn", "responder"):
            podman("stop", "--time", "20", f"mediapath_{name}_1", timeout=15)
            podman("start", f"mediapath_{name}_1")
        wait_until_healthy("mediapath_responder_1")


def wait_until_healthy(container):
    """The image's own health check, asked until it agrees; it waits for the answer itself."""
    for _ in range(50):
        done = podman("healthcheck", "run", container, is_checked=False)
        if done.returncode == 0:
            return
    raise AssertionError(f"{container}: {done.stdout}{done.stderr}{podman('logs', container)}")


def load_documents(name):
    with open(source("containers/kubernetes", name)) as file:
        return list(yaml.safe_load_all(file))


def find_kind(documents, kind):
    return next(document for document in documents if document["kind"] == kind)


class KubernetesResponder(CheckCase):
    """The Deployment as `podman play kube` understands it: on a pod network."""

    @classmethod
    def setUpClass(cls):
        cls.secrets = os.path.join(os.environ["HOME"], "kubernetes-secrets")
        run(source("containers/secrets.sh"), cls.secrets)
        podman("network", "create", "--internal", "kubernetes")
        cls.addClassCleanup(podman, "network", "rm", "--force", "kubernetes")
        manifest = cls.write_manifest()
        cls.addClassCleanup(podman, "play", "kube", "--down", manifest)
        podman("play", "kube", "--network", "kubernetes", manifest)
        cls.container = podman("ps", "--quiet", "--filter",
                               "ancestor=localhost/mediapath-responder").stdout.strip()

    @classmethod
    def write_manifest(cls):
        """Without what podman 4.3 has not: status.podIP, container ports beside hostNetwork, and
        volumes of secrets (it does not decode them): a directory as Kubernetes would mount it."""
        deployment = find_kind(load_documents("responder.yaml"), "Deployment")
        pod = deployment["spec"]["template"]["spec"]
        del pod["hostNetwork"]
        container = pod["containers"][0]
        container["env"] = [entry for entry in container["env"] if "value" in entry]
        pod["volumes"] = [{"name": "secrets", "hostPath": {"path": cls.mount_of_secret(pod),
                                                           "type": "Directory"}}]
        path = os.path.join(os.environ["HOME"], "responder.yaml")
        with open(path, "w") as file:
            yaml.safe_dump(deployment, file)
        return path

    @classmethod
    def mount_of_secret(cls, pod):
        """Files of root that a group may read; a responder that insists on 600 would refuse."""
        place = os.path.join(os.environ["HOME"], "secret-volume")
        os.mkdir(place)
        for name in ("chain.pem", "key.pem", "token"):
            path = shutil.copy(os.path.join(cls.secrets, name), place)
            os.chown(path, 0, pod["securityContext"]["fsGroup"])
            os.chmod(path, pod["volumes"][0]["secret"]["defaultMode"])
        os.chmod(place, 0o755)
        return place

    def test_media_flows_to_the_pod(self):
        address = podman("exec", self.container, "hostname", "-I").stdout.split()[0]
        self.assert_healthy(check_calmly(
            "podman", "run", "--rm", "--network", "kubernetes", "--user", "0:0", "--add-host",
            f"responder:{address}", "--volume", f"{self.secrets}:/run/secrets:ro",
            "localhost/mediapath-client", "check", "--stun", f"stun:{address}:3478",
            "--responder", "https://responder:8443/whip", "--token-file", "/run/secrets/token",
            "--ca-file", "/run/secrets/ca.pem", "--json", "-"), {"udp"})

    def test_it_runs_as_nobody_and_may_nothing(self):
        status = podman("exec", self.container, "cat", "/proc/1/status").stdout
        self.assertRegex(status, r"Uid:\s65532\s")
        self.assertRegex(status, r"CapBnd:\s0+\n")

    def test_the_liveness_probe_answers(self):
        deployment = find_kind(load_documents("responder.yaml"), "Deployment")
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        podman("exec", self.container, *container["livenessProbe"]["exec"]["command"])


def job_container(name="matrix.yaml"):
    job = find_kind(load_documents(name), "Job")
    return job["spec"]["template"]["spec"]["containers"][0]


def job_privileges():
    """The pod's security settings in podman's words."""
    context = job_container()["securityContext"]
    options = ["--user", str(context["runAsUser"]), "--read-only",
               *(f"--cap-drop={name}" for name in context["capabilities"]["drop"]),
               *(f"--cap-add={name}" for name in context["capabilities"]["add"])]
    if context["appArmorProfile"]["type"] == "Unconfined":
        options.append("--security-opt=apparmor=unconfined")
    return options


# A network that is none without its packet filter: the loopback substitute cannot show it.
LAB_ROUTE = "ip -4 -o address show scope global | grep -q . && nft list ruleset >/dev/null"


class Lab(CheckCase):
    """Whole networks in one container."""

    def test_the_embedded_check_is_stable(self):
        answer = check_calmly(
            "podman", "run", "--rm", "--network", "none", *job_privileges(), "--tmpfs", "/tmp",
            "localhost/mediapath-lab", "check", "--json", "-")
        self.assert_healthy(answer, EVERY_WAY)
        self.assertNotIn("127.0.0.1", answer[2])

    def test_with_user_namespaces_anybody_may(self):
        for network in ("clean", "office-proxy-only"):
            in_image("lab", "lab", network, "--", "sh", "-c", LAB_ROUTE, options=(
                "--user", "65532", "--security-opt", "unmask=ALL", "--cap-drop", "ALL",
                "--security-opt", "seccomp=unconfined"))

    def test_without_either_it_says_what_it_could_not_show(self):
        done = in_image("lab", "lab", "clean", "--", "sh", "-c", LAB_ROUTE, is_checked=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/proc cannot be mounted", done.stderr)

    def test_it_ends_when_it_is_told(self):
        podman("run", "--detach", "--name", "ending", "--network", "none", *job_privileges(),
               "localhost/mediapath-lab", "lab", "clean", "--", "sleep", "600")
        self.addCleanup(podman, "rm", "--force", "ending")
        podman("stop", "--time", "20", "ending", timeout=15)


MATRIX = """
schema: mediapath-matrix/1
name: containers
axes:
  networks: [clean, turn-down, office-udp-blocked]
check:
  only: [stun]
"""
SHARDS = 2


class KubernetesMatrix(unittest.TestCase):
    """The Job's own words, once for each index that Kubernetes would count, then the merge."""

    @classmethod
    def setUpClass(cls):
        cls.place = os.path.join(os.environ["HOME"], "matrix")
        for name in ("matrix", "out"):
            os.makedirs(os.path.join(cls.place, name))
        with open(os.path.join(cls.place, "matrix", "matrix.yaml"), "w") as file:
            file.write(MATRIX)

    def run_job(self, name, *options):
        container = job_container(name)
        return podman("run", "--rm", "--network", "none", *options, "--tmpfs", "/scratch",
                      "--tmpfs", "/tmp", f"--volume={self.place}/matrix:/matrix:ro",
                      f"--volume={self.place}/out:/out", "--entrypoint",
                      json.dumps(container["command"]), "localhost/mediapath-lab",
                      *container["args"], timeout=CHECK_S * 2)

    def test_the_shards_together_have_every_cell_once(self):
        for index in range(SHARDS):
            self.run_job("matrix.yaml", *job_privileges(), "--env", f"SHARDS={SHARDS}", "--env",
                         f"JOB_COMPLETION_INDEX={index}")
        self.run_job("matrix-merge.yaml", "--read-only", "--cap-drop=ALL")
        with open(os.path.join(self.place, "out", "all", "matrix.json")) as file:
            cells = json.load(file)["cells"]
        self.assertEqual(sorted(cell["id"] for cell in cells),
                         ["clean", "office-udp-blocked", "turn-down"])
        for name in ("heat-map.html", "junit.xml"):
            self.assertTrue(os.path.getsize(os.path.join(self.place, "out", "all", name)), name)


def add_network_test(path):
    name = os.path.splitext(os.path.basename(path))[0]

    def builds(self):
        done = in_image("lab", "lab", name, "--", "true", options=(
            *job_privileges(), "--device", "/dev/net/tun"), is_checked=False)
        self.assertEqual(done.returncode, 0, done.stderr)
    setattr(EveryNetwork, f"test_{name}", builds)


class EveryNetwork(unittest.TestCase):
    """The image has every server of every network, and the manifest's privileges are enough."""


for entry in sorted(os.listdir(source("scenarios/networks"))):
    add_network_test(entry)


def main():
    stage = os.environ.get("MEDIAPATH_CONTAINERS_STAGE")
    if stage == "build":
        return build_images(sys.argv[2])
    if stage == "test":
        return unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)

    missing = what_is_missing()
    if missing:
        print(f"skipped, missing: {missing}")
        return SKIPPED
    with podman_room.Room() as room:
        again = [sys.executable, os.path.abspath(__file__), SOURCE_ROOT]
        tar = make_base(room)
        room.environment["MEDIAPATH_CONTAINERS_STAGE"] = "build"
        status = room.enter(*again, tar, has_network=True, timeout=BUILD_S)
        os.remove(tar)
        room.environment["MEDIAPATH_CONTAINERS_STAGE"] = "test"
        return status or room.enter(*again, *sys.argv[2:], has_network=False, timeout=TESTS_S)


if __name__ == "__main__":
    sys.exit(main())
