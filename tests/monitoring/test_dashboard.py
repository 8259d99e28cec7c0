"""The dashboard as Grafana reads it: whole, with nothing overlapping, every panel explained and asking by the variables."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.dashboard_types import complaints
from tests.monitoring.said import dashboard, panels
from tests.support.prometheus import DEPLOY

COLUMNS = 24
KINDS = {"timeseries", "stat", "heatmap"}
UNITS = {"s", "short", "cps", "reqps", "percentunit", "bytes"}  # of Grafana's own names
ROWS = ["Customers' wait", "Keeping up", "Quality", "Faults"]
VARIABLES = ["datasource", "group", "topic", "instance"]


def test_its_rows_are_the_four_questions_and_its_variables_choose_whom() -> None:
    said = dashboard()
    assert [panel["title"] for panel in said["panels"] if panel["type"] == "row"] == ROWS
    assert [variable["name"] for variable in said["templating"]["list"]] == VARIABLES
    assert said["uid"] == "tsuide"
    assert said["schemaVersion"] <= 39  # Grafana 10.4 and later read it without asking


@pytest.mark.node
def test_grafanas_own_types_have_nothing_against_it(tmp_path: Path) -> None:
    assert complaints(dashboard(), tmp_path) == ""


@pytest.mark.node
def test_grafanas_own_types_would_find_a_word_that_is_unknown_or_out_of_place(tmp_path: Path) -> None:
    wrong = dashboard()
    panel = next(one for one in wrong["panels"] if one["type"] == "timeseries")
    panel["fieldConfig"]["defaults"]["custom"]["drawStyle"] = "lines"
    panel["titel"] = panel["title"]
    said = complaints(wrong, tmp_path)
    assert "'\"lines\"' is not assignable" in said
    assert "titel" in said


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_is_explained_has_a_unit_and_a_short_legend_and_asks_the_chosen_source(panel: dict[str, Any]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    assert panel["type"] in KINDS
    assert panel["description"].endswith(".")
    assert defaults["unit"] in UNITS
    steps = [step["value"] for step in defaults["thresholds"]["steps"]]
    assert steps[0] is None
    assert steps[1:] == sorted(steps[1:])
    assert panel["datasource"]["uid"] == "${datasource}"
    for target in panel["targets"]:
        assert target["datasource"]["uid"] == "${datasource}"
        assert "$group" in target["expr"]
        assert 0 < len(re.sub(r"\{\{\w+\}\}", "?", target["legendFormat"])) <= 12


def test_a_rate_takes_grafanas_own_window() -> None:
    rates = [target["expr"] for panel in panels() for target in panel["targets"] if "rate(" in target["expr"]]
    assert len(rates) > 10
    assert [rate for rate in rates if re.search(r"\brate\([^\[]*\[(?!\$__rate_interval\])", rate)] == []


def test_seconds_are_seconds_and_shares_are_shares() -> None:
    for panel in panels():
        unit, asked = panel["fieldConfig"]["defaults"]["unit"], panel["targets"][0]["expr"]
        if "seconds" in asked and "_count" not in asked.partition("/")[0]:
            assert unit == "s", panel["title"]
        assert (unit == "percentunit") == ("_ratio" in asked or "profile_reads" in asked), panel["title"]


def test_no_panel_lies_on_another_or_beyond_the_edge_and_no_id_is_used_twice() -> None:
    all_panels = dashboard()["panels"]
    places = [panel["gridPos"] for panel in all_panels]
    assert all(place["x"] + place["w"] <= COLUMNS for place in places)
    assert not [(one, other) for one, other in combinations(places, 2) if overlap(one, other)]
    assert len({panel["id"] for panel in all_panels}) == len(all_panels)


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not (beside or above)


def test_what_is_provisioned_is_of_grafanas_form() -> None:
    folder = DEPLOY / "grafana" / "provisioning"
    [source] = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())["datasources"]
    assert (source["type"], source["access"], source["isDefault"]) == ("prometheus", "proxy", True)
    [provider] = yaml.safe_load((folder / "dashboards" / "tsuide.yml").read_text())["providers"]
    assert (provider["type"], provider["options"]) == ("file", {"path": "/var/lib/grafana/dashboards"})
