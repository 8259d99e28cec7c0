"""The example overlay, built as its page says, and looked at as a cluster would."""

import base64
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.deployed import ROOT
from tests.support.referees import run

EXAMPLE = "deploy/kubernetes/overlays/example"
Object = dict[str, Any]


def build(folder: Path, make_secrets: str) -> list[Object]:
    """Copy deploy/ into `folder`, make the secrets there by these lines of shell, and return what kustomize makes of the example."""
    shutil.copytree(ROOT / "deploy/kubernetes", folder / "deploy/kubernetes", ignore=shutil.ignore_patterns("secrets"))
    (folder / "ca.crt").write_text("-----BEGIN CERTIFICATE-----\n")
    subprocess.run(["sh", "-euc", make_secrets], cwd=folder, check=True, timeout=30)
    return [one for one in yaml.safe_load_all(run("kustomize", "build", str(folder / EXAMPLE))) if one]


def named(objects: list[Object], kind: str) -> dict[str, Object]:
    """Return the objects of a kind by their names."""
    return {one["metadata"]["name"]: one for one in objects if one["kind"] == kind}


def pods(objects: list[Object]) -> dict[str, Object]:
    """Return the pod templates by the names of who makes them."""
    return {one["metadata"]["name"]: one["spec"]["template"] for one in objects if one["kind"] in ("Deployment", "Job")}


def container(pod: Object) -> Object:
    """Return the one container of a pod."""
    [only] = pod["spec"]["containers"]
    return dict(only)


def variables(pod: Object, objects: list[Object]) -> dict[str, str]:
    """Return a container's environment, its ConfigMaps resolved."""
    maps = named(objects, "ConfigMap")
    found: dict[str, str] = {}
    for source in container(pod)["envFrom"]:
        found |= maps[source["configMapRef"]["name"]]["data"]
    return found | {one["name"]: one["value"] for one in container(pod).get("env", [])}


def mounted(pod: Object, objects: list[Object], folder: Path) -> dict[str, Path]:
    """Write the files that a container finds in its secrets; path inside -> path here. Raises KeyError for a key that is not there."""
    secrets = named(objects, "Secret")
    places = {one["name"]: one["mountPath"] for one in container(pod)["volumeMounts"]}
    files = {}
    for volume in pod["spec"]["volumes"]:
        for path, name, key in _items(volume):
            files[f"{places[volume['name']]}/{path}"] = file = folder / f"{volume['name']}-{path}"
            file.write_bytes(base64.b64decode(secrets[name]["data"][key]))
    return files


def _items(volume: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for source in volume.get("projected", {}).get("sources", []):
        for item in source["secret"]["items"]:
            yield item["path"], source["secret"]["name"], item["key"]


def selects(selector: Mapping[str, str], pod: Object) -> bool:
    """Tell whether labels select a pod."""
    return selector.items() <= pod["metadata"]["labels"].items()
