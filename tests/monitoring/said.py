"""What the rules and the dashboard ask Prometheus for, taken out of their files."""

import json
import re
from typing import Any

import yaml

from tests.support.prometheus import DEPLOY, RULES

DASHBOARD = DEPLOY / "grafana" / "tsuide.json"
METRIC = re.compile(r"[\w:]*\b(?:tsuide_|process_)[\w:]+")
VARIABLES = {"$group": ".*", "$topic": ".*", "$instance": ".*", "$__rate_interval": "10s"}


def rules() -> list[dict[str, Any]]:
    """Return all rules in their order."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    """Return the rules that are alerts."""
    return [rule for rule in rules() if "alert" in rule]


def dashboard() -> dict[str, Any]:
    """Return the dashboard."""
    said: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return said


def panels() -> list[dict[str, Any]]:
    """Return the dashboard's panels without its rows."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def queries() -> dict[str, str]:
    """Return panel and letter -> its query, for all groups, topics and instances."""
    asked = {f"{panel['title']} {target['refId']}": target["expr"] for panel in panels() for target in panel["targets"]}
    return {place: filled(expression) for place, expression in asked.items()}


def filled(expression: str) -> str:
    """Return an expression with Grafana's variables filled in."""
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    return expression


def metrics_in(*expressions: str) -> set[str]:
    """Return the names of metrics that expressions ask for."""
    without_labels = (re.sub(r"\{[^}]*\}|\"[^\"]*\"", " ", expression) for expression in expressions)
    return {name for expression in without_labels for name in METRIC.findall(expression)}
