"""Debian's own Prometheus beside the tests, with the rules that are shipped, in a hurry."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.server import Server, free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES, RULES_TEST = DEPLOY / "prometheus" / "rules.yml", DEPLOY / "prometheus" / "rules_test.yml"
CONFIG = DEPLOY / "prometheus" / "prometheus.yml"
WINDOW = "10s"  # ten scrapes
ASK_S = 10


def why_no_prometheus() -> str | None:
    """Return what is missing and the cure, or None."""
    missing = [tool for tool in ("prometheus", "promtool") if shutil.which(tool) is None]
    return f"no {' and no '.join(missing)}: `make install-prometheus`" if missing else None


def promtool(*arguments: str | Path, said: str = "") -> subprocess.CompletedProcess[str]:
    """Return what promtool answers; it has the text `said` on its standard input."""
    return subprocess.run(["promtool", *map(str, arguments)], input=said, capture_output=True, text=True, timeout=60, check=False)


def hurried(rules: str) -> str:
    """Return the rules with every window as ten seconds and every wait as one; limits stay."""
    return re.sub(r"for: \w+", "for: 1s", re.sub(r"(\[|offset )\d+[mh]", rf"\g<1>{WINDOW}", rules))


class Prometheus(Server):
    """Scrapes `targets`, job -> addresses of pages of metrics, once a second, by the shipped configuration but for where they are found."""

    def __init__(self, folder: Path, targets: Mapping[str, list[str]]) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        config = yaml.safe_load(CONFIG.read_text())
        config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        for job in config["scrape_configs"]:
            del job["dns_sd_configs"]
            job["static_configs"] = [{"targets": [urllib.parse.urlsplit(url).netloc for url in targets[job["job_name"]]]}]
        folder.mkdir(parents=True)
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        (folder / "rules.yml").write_text(hurried(RULES.read_text()))
        options = [f"--web.listen-address=127.0.0.1:{port}", f"--config.file={folder / 'prometheus.yml'}"]
        super().__init__(folder, ["prometheus", *options, f"--storage.tsdb.path={folder / 'tsdb'}"])

    def answers(self) -> bool:
        """Return whether it is ready."""
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series that an expression gives now. Raises urllib.error.HTTPError for one that is wrong."""
        result: list[dict[str, Any]] = self._get("query", query=expression)["result"]
        return result

    def firing(self) -> set[tuple[str, str | None]]:
        """Return the alerts that fire, each with its job."""
        alerts = self._get("alerts")["alerts"]
        return {(one["labels"]["alertname"], one["labels"].get("job")) for one in alerts if one["state"] == "firing"}

    def names(self) -> set[str]:
        """Return the names of all metrics that it knows."""
        return set(self._get("label/__name__/values"))

    def _get(self, what: str, **asked: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/api/v1/{what}?{urllib.parse.urlencode(asked)}", timeout=ASK_S) as answer:
            return json.load(answer)["data"]
