"""The Kubernetes manifests: what the API would say, and what tsuide says of its own variables, commands and ports."""

import re
from pathlib import Path
from typing import Any

import pytest

from stream.ops.metrics import member
from tests.support.deployed import OPERATIONS, ROOT, parse, settings_of, strangers
from tests.support.kubernetes import build, container, mounted, named, pods, selects, variables
from tests.support.page import block
from tests.support.referees import KUBERNETES, faults_of_kubernetes

pytestmark = pytest.mark.referees
PARTS = ("tsuide-worker", "tsuide-trainer", "tsuide-gateway", "tsuide-topics")
RUNNING = PARTS[:3]
Object = dict[str, Any]


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[Object]:
    """What kustomize makes of the example, with the secrets that the page tells to make."""
    return build(tmp_path_factory.mktemp("kubernetes"), block("Secrets of the example"))


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_api_of_kubernetes_keda_and_the_prometheus_operator_take_every_object(objects: list[Object], version: str) -> None:
    faults = {f"{one['kind']} {one['metadata']['name']}": faults_of_kubernetes(one, version) for one in objects}
    assert {name: found for name, found in faults.items() if found} == {}
    assert set(faults) >= {"ScaledObject tsuide-worker", "PodMonitor tsuide", "Service tsuide-gateway", "Job tsuide-topics"}


def test_a_misspelt_field_would_be_found(objects: list[Object]) -> None:
    worker, scaled = named(objects, "Deployment")["tsuide-worker"], named(objects, "ScaledObject")["tsuide-worker"]
    assert faults_of_kubernetes(worker | {"spec": worker["spec"] | {"replcas": 2}}, KUBERNETES[0]) != []
    assert faults_of_kubernetes(scaled | {"spec": scaled["spec"] | {"maxReplicas": 2}}, KUBERNETES[0]) != []


@pytest.mark.parametrize("part", PARTS)
def test_every_variable_is_a_setting_that_tsuide_accepts_with_the_files_that_are_mounted(
    objects: list[Object], part: str, tmp_path: Path
) -> None:
    pod = pods(objects)[part]
    told = variables(pod, objects)
    settings = settings_of(told, mounted(pod, objects, tmp_path))
    assert strangers(told) == []
    assert (settings.kafka.security.split(", ")[:2], settings.redis_url.split(":")[0]) == (
        ["SASL_SSL", f"user {part} by SCRAM-SHA-512"],
        "rediss",
    )
    assert len(settings.secret()) == 64  # what `openssl rand -hex 32` prints
    if part == "tsuide-gateway":
        assert len(settings.secret("token_secret")) == len(settings.secret("shop_key")) == 64


@pytest.mark.parametrize("part", PARTS)
def test_every_command_line_is_one_of_tsuides(objects: list[Object], part: str) -> None:
    assert parse(container(pods(objects)[part])["args"]).split()[1] == part.removeprefix("tsuide-")


@pytest.mark.parametrize("part", PARTS)
def test_a_pod_has_no_root_no_rights_no_token_and_no_variables_that_services_set(objects: list[Object], part: str) -> None:
    spec = pods(objects)[part]["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001  # the image's own
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"]) == (False, False)
    inner = container(pods(objects)[part])
    locked = inner["securityContext"]
    assert (locked["allowPrivilegeEscalation"], locked["readOnlyRootFilesystem"]) == (False, True)
    assert locked["capabilities"] == {"drop": ["ALL"]}
    assert set(inner["resources"]["requests"]) == {"cpu", "memory"}
    assert inner["resources"]["limits"]["memory"]
    assert {mount["mountPath"] for mount in inner["volumeMounts"] if not mount.get("readOnly")} <= {"/tmp", "/var/lib/tsuide"}


@pytest.mark.parametrize("part", RUNNING)
def test_probes_ask_where_the_process_answers(objects: list[Object], part: str) -> None:
    inner = container(pods(objects)[part])
    ports = {port["name"]: port["containerPort"] for port in inner["ports"]}
    asked = {probe: inner[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}
    assert {probe: one["path"] for probe, one in asked.items()} == {
        "startup": "/health/live",  # a start that waits for Kafka is no reason to begin anew
        "liveness": "/health/live",
        "readiness": "/health/ready",
    }
    assert {ports[one["port"]] for one in asked.values()} == {OPERATIONS}
    told = variables(pods(objects)[part], objects)
    assert told["TSUIDE_OPS_LISTEN"] == f"0.0.0.0:{OPERATIONS}"
    if part == "tsuide-gateway":
        assert told["TSUIDE_LISTEN"] == f"0.0.0.0:{ports['http']}"


@pytest.mark.parametrize("part", RUNNING)
def test_a_pod_is_given_longer_to_end_than_tsuide_takes(objects: list[Object], part: str, tmp_path: Path) -> None:
    pod = pods(objects)[part]
    before_s = container(pod).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    settings = settings_of(variables(pod, objects), mounted(pod, objects, tmp_path))
    assert pod["spec"]["terminationGracePeriodSeconds"] > before_s + settings.shutdown_s


def test_a_drain_takes_one_worker_or_gateway_at_a_time_and_is_never_held_up_by_the_trainer(objects: list[Object]) -> None:
    budgets = named(objects, "PodDisruptionBudget")
    for name in ("tsuide-worker", "tsuide-gateway"):
        chosen = [part for part, pod in pods(objects).items() if selects(budgets[name]["spec"]["selector"]["matchLabels"], pod)]
        assert (chosen, budgets[name]["spec"]["maxUnavailable"]) == ([name], 1)
        assert named(objects, "Deployment")[name]["spec"]["replicas"] == 2
    assert set(budgets) == {"tsuide-worker", "tsuide-gateway"}
    trainer = named(objects, "Deployment")["tsuide-trainer"]["spec"]
    assert (trainer["replicas"], trainer["strategy"]) == (1, {"type": "Recreate"})


def test_the_service_leads_to_the_gateway_and_the_network_lets_in_only_who_is_meant(objects: list[Object]) -> None:
    service = named(objects, "Service")["tsuide-gateway"]["spec"]
    assert [part for part, pod in pods(objects).items() if selects(service["selector"], pod)] == ["tsuide-gateway"]
    [gateway_port] = [
        port for port in container(pods(objects)["tsuide-gateway"])["ports"] if port["name"] == service["ports"][0]["targetPort"]
    ]
    policies = named(objects, "NetworkPolicy")
    assert policies["tsuide-gateway"]["spec"]["ingress"] == [{"ports": [{"port": gateway_port["containerPort"]}]}]
    everyone = policies["tsuide"]["spec"]
    assert all(selects(everyone["podSelector"]["matchLabels"], pod) for pod in pods(objects).values())
    assert everyone["policyTypes"] == ["Ingress", "Egress"]
    assert [port["port"] for rule in everyone["ingress"] for port in rule["ports"]] == [OPERATIONS]
    # and what the settings lead to can be reached
    open_ports = {port["port"] for rule in everyone["egress"] for port in rule["ports"]}
    told = variables(pods(objects)["tsuide-worker"], objects)
    wanted = {int(server.rpartition(":")[2]) for server in told["KAFKA_BOOTSTRAP_SERVERS"].split(",")}
    assert wanted | {int(re.findall(r":(\d+)/", told["REDIS_URL"])[0])} <= open_ports


def test_workers_are_scaled_by_a_metric_of_ours_between_two_and_the_number_of_partitions_and_down_slowly(objects: list[Object]) -> None:
    scaled = named(objects, "ScaledObject")["tsuide-worker"]["spec"]
    told = variables(pods(objects)["tsuide-worker"], objects)
    assert scaled["scaleTargetRef"]["name"] in named(objects, "Deployment")
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (2, int(told["TSUIDE_PARTITIONS"]))
    assert "idleReplicaCount" not in scaled  # which may be zero
    down = scaled["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
    assert down["stabilizationWindowSeconds"] >= 600
    [trigger] = scaled["triggers"]
    [metric] = re.findall(r"tsuide_\w+", trigger["metadata"]["query"])
    assert f'"{metric}"' in Path(member.__file__).read_text()
    assert f'group="{told["TSUIDE_GROUP"]}"' in trigger["metadata"]["query"]
    assert trigger["metadata"]["ignoreNullValues"] == "false"
    assert scaled["fallback"]["replicas"] >= scaled["minReplicaCount"]


def test_the_operators_prometheus_finds_the_pods_at_their_port(objects: list[Object]) -> None:
    monitor = named(objects, "PodMonitor")["tsuide"]["spec"]
    assert [part for part, pod in pods(objects).items() if selects(monitor["selector"]["matchLabels"], pod)] == list(pods(objects))
    [endpoint] = monitor["podMetricsEndpoints"]
    assert [port["containerPort"] for port in container(pods(objects)["tsuide-worker"])["ports"] if port["name"] == endpoint["port"]] == [
        OPERATIONS
    ]


def test_no_secret_is_under_version_control() -> None:
    assert f"{Path('deploy/kubernetes/overlays/example/secrets')}/" in (ROOT / ".gitignore").read_text().splitlines()
    base = "".join(file.read_text() for file in (ROOT / "deploy/kubernetes/base").glob("*.yaml"))
    assert "kind: Secret\n" not in base
