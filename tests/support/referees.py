"""What judges deploy/: the published schemas of compose and Kubernetes, kustomize and hadolint, as `make install-referees` keeps them."""

import json
import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

FOLDER = Path(__file__).parents[2] / ".referees"
KUBERNETES = ("v1.32.0", "v1.37.0")  # the oldest that is still looked after, and the newest that the package knows
CUSTOM = ("ScaledObject", "PodMonitor")
Object = dict[str, Any]


def why_no_referees() -> str | None:
    """Return what is missing here and the cure, or None."""
    return None if (FOLDER / ".installed").exists() else "no referees of deploy/: `make install-referees` (needs Go)"


def run(tool: str, *arguments: str) -> str:
    """Run one of the tools and return what it says. Raises AssertionError with all of it where it finds fault."""
    done = subprocess.run([FOLDER / tool, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{tool} {arguments}\n{done.stdout}{done.stderr}"
    return done.stdout


def faults_of_compose(file: Object) -> list[str]:
    """Return what the compose specification's schema finds wrong."""
    return list(_faults(validator_for(_json("compose.json"))(_json("compose.json")), file))


def faults_of_kubernetes(one: Object, version: str) -> list[str]:
    """Return what Kubernetes of this version would not take, a field that it does not know among it."""
    if one["kind"] in CUSTOM:
        return list(_faults(Draft202012Validator(_custom(one["kind"])), one))
    group, _, number = one["apiVersion"].rpartition("/")
    parts = [one["kind"].lower(), *filter(None, [group.split(".")[0]]), number]
    return list(_faults(_kubernetes(version, "-".join(parts) + ".json"), one))


def _faults(validator: Any, thing: Object) -> Iterator[str]:
    for error in validator.iter_errors(thing):
        yield f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"


@cache
def _json(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


@cache
def _kubernetes(version: str, name: str) -> Any:
    [wheel] = FOLDER.glob("kubernetes_validate-*.whl")
    with zipfile.ZipFile(wheel) as package:

        def read(file: str) -> Any:
            return json.loads(package.read(f"kubernetes_validate/kubernetes-json-schema/{version}-local-strict/{file}"))

        schema, shared = read(name), Resource(read("_definitions.json"), DRAFT7)
    return validator_for(schema, Draft7Validator)(schema, registry=Registry().with_resource("_definitions.json", shared))


@cache
def _custom(kind: str) -> Any:
    [definition] = [one for one in yaml.safe_load_all((FOLDER / f"{kind}.yaml").read_text()) if one]
    [version] = [one for one in definition["spec"]["versions"] if one["storage"]]
    return _strict(version["schema"]["openAPIV3Schema"]) | {"additionalProperties": True}


def _strict(schema: Any) -> Any:
    """Return the schema as the API server reads it: a field that it does not name is a fault."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(part) for name, part in schema.items()}
    known = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if known and "additionalProperties" not in schema and "x-kubernetes-preserve-unknown-fields" not in schema:
        strict["additionalProperties"] = schema.get("properties", {}) == {}
    return strict
