# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The files of containers/ as text: what an engine or a cluster would refuse, or quietly do wrong.
"""usage: test_manifests.py SOURCE_ROOT [unittest arguments]"""
import glob
import os
import re
import sys
import unittest

import yaml

SOURCE_ROOT = os.path.abspath(sys.argv[1])
ROLES = ("client", "responder", "lab")
# What Kubernetes asks of each kind, beside apiVersion, kind and metadata.name.
KINDS = {"Deployment": "apps/v1", "Service": "v1", "Job": "batch/v1",
         "PersistentVolumeClaim": "v1"}
# Brought by the base image or by another package of the same list.
NOT_IN_PACKAGES = re.compile(r"lib\S+|glib-networking|ca-certificates")


def read(*names):
    with open(os.path.join(SOURCE_ROOT, *names)) as file:
        return file.read()


def containerfile(role):
    return read("containers", f"{role}.Containerfile")


def installed(role):
    """The packages of the image itself, not those of the stage that compiles."""
    last_stage = containerfile(role).split("\nFROM ")[-1]
    lists = re.findall(r"--no-install-recommends \\\n(.*?) &&", last_stage, re.DOTALL)
    return [package.rstrip("\\").strip() for text in lists for package in text.splitlines()]


def documents():
    for path in glob.glob(os.path.join(SOURCE_ROOT, "containers/kubernetes/*.yaml")):
        with open(path) as file:
            for document in yaml.safe_load_all(file):
                yield os.path.basename(path), document


def pods():
    for name, document in documents():
        if "template" in document["spec"]:
            yield name, document, document["spec"]["template"]


class Containerfiles(unittest.TestCase):
    def test_the_stage_that_compiles_is_the_same_text(self):
        stages = {containerfile(role).split("ARG BASE=")[1].split("\nFROM ${BASE}\n")[0]
                  for role in ROLES}
        self.assertEqual(len(stages), 1)

    def test_every_image_begins_at_debian_12(self):
        for role in ROLES:
            self.assertEqual(set(re.findall(r"^FROM (\S+)", containerfile(role), re.MULTILINE)),
                             {"${BASE}"})
            self.assertIn("debian:bookworm-slim\n", containerfile(role))

    def test_what_compiles_stays_out_of_the_images(self):
        for role in ROLES:
            self.assertEqual([package for package in installed(role)
                              if re.search(r"-dev$|^gcc|^meson", package)], [])

    def test_the_lab_has_every_server_that_the_tests_have(self):
        """tools/packages is what the lab's networks were tried with."""
        known = dict(line.split()[1::-1] for line in read("tools/packages").splitlines()
                     if line and not line.startswith("#"))
        for package in installed("lab"):
            if not NOT_IN_PACKAGES.fullmatch(package):
                self.assertIn(package, known)

    def test_no_image_of_a_single_end_runs_as_root(self):
        for role in ("client", "responder"):
            self.assertRegex(containerfile(role), r"\nUSER [1-9]\d*:[1-9]\d*\n")


class Kubernetes(unittest.TestCase):
    def test_kinds_and_versions(self):
        for name, document in documents():
            self.assertEqual(document["apiVersion"], KINDS[document["kind"]], name)
            self.assertRegex(document["metadata"]["name"], r"^[a-z0-9-]+$")

    def test_selectors_find_their_pods(self):
        for name, document, template in pods():
            if document["kind"] == "Deployment":
                self.assertEqual(document["spec"]["selector"]["matchLabels"],
                                 template["metadata"]["labels"], name)
        labels = [template["metadata"]["labels"] for _, _, template in pods()]
        for name, document in documents():
            if document["kind"] == "Service":
                self.assertIn(document["spec"]["selector"], labels, name)

    def test_ports_have_the_names_that_are_used(self):
        container = next(template["spec"]["containers"][0] for name, _, template in pods()
                         if name == "responder.yaml")
        named = {port["name"]: port["containerPort"] for port in container["ports"]}
        service = next(document for _, document in documents() if document["kind"] == "Service")
        for port in service["spec"]["ports"]:
            self.assertEqual(named[port["targetPort"]], port["port"])
        self.assertIn(container["readinessProbe"]["tcpSocket"]["port"], named)

    def test_every_mount_has_its_volume(self):
        for name, _, template in pods():
            volumes = {volume["name"] for volume in template["spec"].get("volumes", [])}
            for container in template["spec"]["containers"]:
                mounts = {mount["name"] for mount in container["volumeMounts"]}
                self.assertEqual(mounts, volumes, name)

    def test_pods_are_bounded_and_say_what_they_may(self):
        for name, _, template in pods():
            self.assertIs(template["spec"]["automountServiceAccountToken"], False, name)
            for container in template["spec"]["containers"]:
                self.assertIn("memory", container["resources"]["limits"], name)
                context = container["securityContext"]
                self.assertIs(context["readOnlyRootFilesystem"], True, name)
                self.assertEqual(context["capabilities"]["drop"], ["ALL"], name)

    def test_jobs_end_and_shards_agree(self):
        for name, document, template in pods():
            if document["kind"] != "Job":
                continue
            self.assertIn(template["spec"]["restartPolicy"], ("Never", "OnFailure"), name)
            self.assertGreater(document["spec"]["activeDeadlineSeconds"], 0, name)
            if document["spec"].get("completionMode") == "Indexed":
                shards = {entry["name"]: entry["value"]
                          for entry in template["spec"]["containers"][0]["env"]}["SHARDS"]
                self.assertEqual(str(document["spec"]["completions"]), shards, name)

    def test_no_secret_is_in_an_environment(self):
        for name, _, template in pods():
            for container in template["spec"]["containers"]:
                for entry in container.get("env", []):
                    self.assertNotIn("secretKeyRef", str(entry), name)


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.compose = yaml.safe_load(read("containers/compose.yaml"))

    def test_every_secret_is_a_file(self):
        for name, service in self.compose["services"].items():
            for secret in service["secrets"]:
                self.assertIn("file", self.compose["secrets"][secret], name)

    def test_the_only_network_is_internal_and_nothing_is_published(self):
        self.assertEqual(self.compose["networks"], {"lab": {"internal": True}})
        for name, service in self.compose["services"].items():
            self.assertEqual(service["networks"], ["lab"], name)
            self.assertNotIn("ports", service, name)

    def test_every_containerfile_is_there(self):
        for service in self.compose["services"].values():
            self.assertTrue(read(service["build"]["dockerfile"]))


unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
