"""The files under `deploy/`, as the programs see them that read such files for a living."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from config.deployment import programs
from config.launcher.home import ROOT
from tests.deployment import tools

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deployment")]

DEPLOY = ROOT / "deploy"
EXISTING = ("--set", "existing.secretName=rialto,existing.ownerSecretName=rialto-owner")
OWN = ("--set", "own.enabled=true")
DOMAIN = ("--set", "domain=pay.example.com")
# From the oldest that the chart takes to the newest that the checker knows.
KUBERNETES = ("1.27", "1.35")


def helm(*arguments):
    done = tools.run("helm", *arguments, cwd=DEPLOY)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rendered(*arguments):
    text = helm("template", "shop", "chart", *DOMAIN, *arguments)
    return [each for each in yaml.safe_load_all(text) if each]


def of_kind(kind, objects):
    return {each["metadata"]["name"]: each for each in objects if each["kind"] == kind}


def pods(objects):
    found = [each for each in objects if "template" in each.get("spec", {})]
    return {each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in found}


def test_the_recipe_of_the_image_is_clean():
    seen = tools.run("hadolint", str(DEPLOY / "Containerfile"))

    assert (seen.returncode, seen.stdout) == (0, "")


def test_the_compose_file_is_what_its_specification_allows():
    schema = tools.folder() / "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
    rules = jsonschema_rs.validator_for(json.loads(schema.read_text()))

    file = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text())

    assert [error.message for error in rules.iter_errors(file)] == []
    # The rules see what is wrong.
    file["services"]["web"]["readonly"] = True
    assert not rules.is_valid(file)


def test_the_scripts_are_for_any_shell():
    for script in (DEPLOY / "compose").glob("*.sh"):
        assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
        assert os.access(script, os.X_OK)


@pytest.mark.parametrize("mode", [EXISTING, OWN], ids=["existing", "own"])
def test_the_chart_is_well_formed_and_kubernetes_knows_all_of_it(mode, tmp_path):
    linted = helm("lint", "chart", "--strict", *DOMAIN, *mode)
    file = tmp_path / "rendered.yaml"
    file.write_text(helm("template", "shop", "chart", *DOMAIN, *mode))

    assert "0 chart(s) failed" in linted
    for release in KUBERNETES:
        seen = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from kubernetes_validate.__main__ import main; sys.exit(main())",
                "--strict",
                "-k",
                release,
                str(file),
            ],
            env=os.environ | {"PYTHONPATH": str(tools.folder())},
            capture_output=True,
            text=True,
            check=False,
        )
        assert seen.returncode == 0, seen.stdout + seen.stderr
        told = seen.stdout + seen.stderr
        assert told.count("passed for resource") == len(rendered(*mode))


@pytest.mark.parametrize("mode", [EXISTING, OWN], ids=["existing", "own"])
def test_every_pod_is_nobody_and_can_change_nothing(mode):
    for name, pod in pods(rendered(*mode)).items():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        # Secrets are files: who lists the environment of a Pod sees where they are.
        assert not any("@" in str(entry.get("value")) for entry in container.get("env", []))


def test_programs_stop_and_spread_as_the_table_says():
    objects = rendered(*EXISTING)
    deployments = of_kind("Deployment", objects)
    budgets = of_kind("PodDisruptionBudget", objects)

    for spec in programs.PROGRAMS:
        deployment = deployments[f"shop-{spec.name}"]
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert deployment["spec"]["replicas"] == spec.replicas
        assert container["args"][:2] == ["serve", spec.name]
        assert container["resources"]["limits"]["memory"] == f"{spec.memory_mb}Mi"
        drained = 5 if spec.port else 0
        assert pod["terminationGracePeriodSeconds"] == spec.stop_seconds + drained
        assert ("readinessProbe" in container) == (spec.port is not None)
        assert (f"shop-{spec.name}" in budgets) == (spec.replicas > 1)
        recreates = deployment["spec"]["strategy"]["type"] == "Recreate"
        assert recreates == (spec.most == 1)


def test_only_migrating_is_told_the_owner_and_it_comes_first():
    objects = rendered(*EXISTING)
    (job,) = of_kind("Job", objects).values()
    told = {
        name: {mounted["secret"]["secretName"] for mounted in pod["volumes"] if "secret" in mounted}
        for name, pod in pods(objects).items()
    }

    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert {name for name, secrets in told.items() if "rialto-owner" in secrets} == {
        "shop-migrate-1"
    }


def test_a_database_of_the_releases_own_is_migrated_beside_it_at_first():
    installed, upgraded = (rendered(*OWN, *more) for more in ((), ("--is-upgrade",)))

    def hooks(objects):
        (job,) = of_kind("Job", objects).values()
        return job["metadata"].get("annotations")

    # Before the installation there is no database to migrate; before an upgrade there is.
    assert hooks(installed) is None
    assert hooks(upgraded)["helm.sh/hook"] == "pre-install,pre-upgrade"


def test_nobody_is_let_in_but_whom_a_value_names(tmp_path):
    closed = of_kind("NetworkPolicy", rendered(*EXISTING))
    proxy = "networkPolicy.webFrom[0].namespaceSelector.matchLabels.name=proxy"
    opened = of_kind("NetworkPolicy", rendered(*EXISTING, "--set", proxy))

    assert closed["shop-web"]["spec"]["ingress"] == []
    assert closed["shop"]["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in closed["shop"]["spec"]
    (rule,) = opened["shop-web"]["spec"]["ingress"]
    assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"name": "proxy"}}}]
    (outside,) = closed["shop-outside"]["spec"]["egress"]
    assert "169.254.0.0/16" in outside["to"][0]["ipBlock"]["except"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((), "/domain"),
        (DOMAIN, "existing.secretName"),
        ((*DOMAIN, *OWN, "--set", "programs.beat.replicas=2"), "/programs/beat/replicas"),
        ((*DOMAIN, *OWN, "--set", "programs.wep.replicas=2"), "wep"),
        ((*DOMAIN, *OWN, "--set", "image.digest=sha256:1"), "/image/digest"),
    ],
    ids=["no domain", "no secret", "two beats", "no such program", "no digest"],
)
def test_values_that_cannot_be_are_refused_by_name(values, told):
    refused = tools.run("helm", "template", "shop", "chart", *values, cwd=DEPLOY)

    assert refused.returncode == 1
    assert told in refused.stderr


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """The root of a machine with the units, for `systemd-analyze`."""
    if not shutil.which("systemd-analyze") or not Path("/usr/lib/systemd/system").is_dir():
        pytest.skip("systemd-analyze is not installed here")
    root = tmp_path_factory.mktemp("machine")
    program = root / "opt/rialto/bin/rialto"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = root / "etc/systemd/system"
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    shutil.copytree(DEPLOY / "systemd", units)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nrialto:x:500:500::/:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\nrialto:x:500:\n")
    return root


def _analyze(root, *arguments):
    return subprocess.run(
        ["systemd-analyze", f"--root={root}", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_systemd_reads_every_unit_without_a_word(machine):
    units = sorted(map(str, (machine / "etc/systemd/system").glob("rialto*.*")))

    seen = _analyze(machine, "--man=no", "verify", *units)

    assert (seen.returncode, seen.stdout, seen.stderr) == (0, "", "")


@pytest.mark.parametrize("name", [*(s.name for s in programs.PROGRAMS), programs.MIGRATE.name])
def test_a_unit_that_is_broken_into_reaches_little(machine, name):
    # Of 10; 1.5 is what is left when sockets to everywhere must stay.
    seen = _analyze(
        machine, "--offline=true", "--threshold=15", "security", f"rialto-{name}.service"
    )

    assert seen.returncode == 0, seen.stdout[-300:]
