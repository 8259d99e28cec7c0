"""The Dockerfile carried out without Docker: its steps in a mount namespace, its processes as its user on a read-only root."""

import fnmatch
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.repo.sources import tracked
from tests.support.deployed import DOCKERFILE, ROOT, image_variables

BUILD_S = 300
BASE = Path(sys.base_prefix)  # stands for the Python of the base image, at a place that others than root may enter
PYTHON = f"/opt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
LIBRARIES = {"LD_LIBRARY_PATH": "/opt/python/lib"}  # of that Python, which looks for them where it was built


class Step(NamedTuple):
    """One instruction of a stage."""

    stage: int
    name: str
    said: str

    @property
    def words(self) -> list[str]:
        """The words of an instruction in exec form. Raises ValueError for one that a shell would have to read."""
        return list(json.loads(self.said))


def steps() -> list[Step]:
    """Return the Dockerfile's instructions in order."""
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)).splitlines()
    found: list[Step] = []
    stage = -1
    for line in filter(None, lines):
        name, _, said = line.partition(" ")
        stage += name == "FROM"
        found.append(Step(stage, name, said))
    return found


def only(name: str) -> Step:
    """Return the one instruction of this name in the last stage."""
    last = steps()[-1].stage
    [found] = [step for step in steps() if step.stage == last and step.name == name]
    return found


def sent_to_docker() -> list[str]:
    """Return the tracked files that .dockerignore lets through: the last line that matches a file or a folder above it decides."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    return [path for path in tracked() if not _ignored(path, rules)]


def _ignored(path: str, rules: list[str]) -> bool:
    above = [path, *map(str, Path(path).parents)][:-1]
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!").removeprefix("**/")
        if any(fnmatch.fnmatch(one, pattern) or (rule.startswith("**/") and Path(one).name == pattern) for one in above):
            ignored = not rule.startswith("!")
    return ignored


class Image:
    """What the Dockerfile makes, in `folder`: opt/ and varlib/ stand for the image's /opt and /var/lib."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("build", "opt/python", "varlib", "kept"):
            (folder / name).mkdir(parents=True)
        (folder / "kept").chmod(0o777)

    def build(self) -> None:
        """Carry out COPY and RUN. Raises AssertionError with what a step said."""
        for step in steps():
            if step.name == "COPY" and not step.said.startswith("--from"):
                *sources, target = step.said.split()
                self._copy(sources, target)
            if step.name == "RUN":
                command = step.words
                program = {"python": [PYTHON], "pip": [sys.executable, "-m", "pip"]}.get(command[0], [command[0]])
                self._run(f"cd {self._folder}/build && exec {shlex.join([*program, *command[1:]])}")

    def _copy(self, sources: list[str], target: str) -> None:
        for path in sent_to_docker():
            for source in sources:
                if path == source or path.startswith(f"{source}/"):
                    place = self._folder / "build" / (path if target == "./" else target + path.removeprefix(source))
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes((ROOT / path).read_bytes())

    def compiled(self) -> list[Path]:
        """Return the libraries that were made from our own sources."""
        return list((self._folder / "opt").glob("tsuide/lib/*/site-packages/online_models/**/*.so"))

    @property
    def _mounts(self) -> str:
        there = {f"{self._folder}/opt": "/opt", str(BASE): "/opt/python", f"{self._folder}/varlib": "/var/lib"}
        return "\n".join(f"mount --bind {here} {place}" for here, place in there.items())

    def _run(self, script: str) -> None:
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-euc", f"{self._mounts}\n{script}"], capture_output=True, text=True, timeout=BUILD_S
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"

    def command(self, *arguments: str, keeps: bool = False, **variables: str) -> list[str]:
        """Return the command of a container: `tsuide` with these arguments as the image's user; root is read-only, /tmp is not.

        `keeps`: /var/lib/tsuide can be written as well. Only the image's variables and these are set.
        """
        user = only("USER").said.partition(":")[0]
        told = [f"{name}={value}" for name, value in (LIBRARIES | image_variables() | variables).items()]
        inside = shlex.join([*only("ENTRYPOINT").words, *arguments])
        kept = f"mount --bind {self._folder}/kept /var/lib/tsuide\n" if keeps else ""
        locked = "".join(f"mount -o remount,ro,bind {place}\n" for place in ("/", "/opt", "/opt/python", "/var/lib"))
        rights = f"setpriv --reuid={user} --regid={user} --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all"
        script = f"{self._mounts}\n{locked}{kept}mount -t tmpfs -o mode=1777 tmpfs /tmp\ncd {only('WORKDIR').said}\n"
        return ["unshare", "--mount", "sh", "-euc", f"{script}exec {rights} env -i {shlex.join(told)} {inside}"]


def why_no_namespace() -> str | None:
    """Return why the image cannot be tried here, or None."""
    tried = subprocess.run(["unshare", "--mount", "mount", "--bind", "/opt", "/opt"], capture_output=True, text=True)
    return None if tried.returncode == 0 else f"needs root and mount namespaces: {tried.stderr.strip()}"
