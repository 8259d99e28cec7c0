"""Every alert is right by its own tests, and somebody who is woken by it finds out what to do."""

import re
from pathlib import Path

import pytest
import typer
import yaml

from stream.cli.app import app
from tests.monitoring.said import alerts, rules
from tests.support.prometheus import CONFIG, DEPLOY, RULES, RULES_TEST, hurried, promtool

RUNBOOK = DEPLOY / "RUNBOOK.md"
ENTRY = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
PARTS = ("**Symptom.**", "**Means.**", "**Do.**", "**Over when**")
NAMES = sorted({rule["alert"] for rule in alerts()})


def entries() -> dict[str, str]:
    """Return the runbook's entries by name."""
    return dict(ENTRY.findall(RUNBOOK.read_text()))


@pytest.mark.prometheus
@pytest.mark.parametrize("asked", [("check", "config", CONFIG), ("check", "rules", "--lint=all", "--lint-fatal", RULES)])
def test_prometheus_takes_the_configuration_and_the_rules(asked: tuple[str | Path, ...]) -> None:
    done = promtool(*asked)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.prometheus
def test_every_alert_fires_and_keeps_silent_where_its_tests_say() -> None:
    done = promtool("test", "rules", RULES_TEST)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent() -> None:
    cases = [
        (case["alertname"], bool(case.get("exp_alerts")))
        for test in yaml.safe_load(RULES_TEST.read_text())["tests"]
        for case in test["alert_rule_test"]
    ]
    assert sorted({name for name, fires in cases if fires}) == NAMES
    assert sorted({name for name, fires in cases if not fires}) == NAMES


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_how_bad_it_is_what_is_wrong_by_how_much_and_where_to_read_on(alert: dict[str, dict[str, str]]) -> None:
    said = alert["annotations"]
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert re.search(r"\$value|\d|\$labels|over a minute|at least one", said["description"])
    assert len(said["summary"]) <= 80
    assert said["runbook"] == f"deploy/RUNBOOK.md#{alert['alert'].lower()}"  # as GitHub makes anchors of headings


def test_the_runbook_has_one_entry_for_each_alert_and_each_says_symptom_meaning_cure_and_end() -> None:
    assert sorted(entries()) == NAMES
    for name, text in entries().items():
        assert [part for part in PARTS if part not in text] == [], name
        assert "```sh" in text, f"{name}: no command"


def test_the_runbook_names_only_commands_of_ours_that_there_are() -> None:
    group = typer.main.get_command(app)
    known = set(group.commands)  # type: ignore[attr-defined]
    assert set(re.findall(r"^tsuide ([a-z]+)", RUNBOOK.read_text(), re.MULTILINE)) <= known


def test_the_runbooks_links_lead_somewhere() -> None:
    anchors = set(re.findall(r"\]\(#(\w+)\)", RUNBOOK.read_text()))
    assert anchors <= {name.lower() for name in NAMES}


def test_a_hurried_rule_keeps_its_limit_and_waits_for_seconds() -> None:
    assert hurried("expr: rate(x[15m]) > 5 unless x offset 15m\nfor: 3m") == "expr: rate(x[10s]) > 5 unless x offset 10s\nfor: 1s"
    assert len(yaml.safe_load(hurried(RULES.read_text()))["groups"]) == 4
    assert len({rule.get("record", rule.get("alert")) for rule in rules()}) > 20
