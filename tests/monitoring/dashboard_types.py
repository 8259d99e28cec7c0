"""The dashboard under Grafana's own published types, by TypeScript's compiler."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "node_modules" / "@grafana" / "schema" / "dist" / "esm" / "raw"
OF_PROMETHEUS = ("expr", "titleFormat", "textFormat", "step")  # what the data source, and not Grafana, knows of an annotation
# JSON has words and numbers where the types have names for them.
HEAD = """\
type Plain<T> = T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer N extends number}` ? N : T)
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
"""
KINDS = {"timeseries": "TimeSeries", "stat": "Stat", "heatmap": "Heatmap"}
OPTIONS = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]


def complaints(dashboard: dict[str, Any], folder: Path) -> str:
    """Return what the compiler has against a dashboard; nothing where it is by the types. `folder`: for its script."""
    script = folder / "dashboard.ts"
    script.write_text(script_of(dashboard))
    compiler = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run(["node", compiler, *OPTIONS, script], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


def script_of(dashboard: dict[str, Any]) -> str:
    """Return a script in which each part of the dashboard has its type: so no key that is unknown goes unseen."""
    said = copy.deepcopy(dashboard)
    panels = said.pop("panels")
    for annotation in said["annotations"]["list"]:
        for key in OF_PROMETHEUS:
            annotation.pop(key, None)
    lines = [f'import type {{ Dashboard, Panel, RowPanel }} from "{SCHEMA}/dashboard/x/dashboard_types.gen.js";']
    for kind, name in KINDS.items():
        lines.append(f'import type * as {kind} from "{SCHEMA}/composable/{kind}/panelcfg/x/{name}PanelCfg_types.gen.js";')
    lines += [HEAD, typed("dashboard", "Plain<Dashboard>", said)]
    for panel in panels:
        number, kind = panel["id"], panel["type"]
        if kind == "row":
            lines.append(typed(f"row{number}", "Plain<RowPanel>", panel))
            continue
        lines += [
            typed(f"panel{number}", "Plain<Panel>", panel),
            typed(f"options{number}", f"Plain<Partial<{kind}.Options>>", panel["options"]),
        ]
        if kind == "timeseries":
            lines.append(typed(f"custom{number}", "Plain<timeseries.FieldConfig>", panel["fieldConfig"]["defaults"]["custom"]))
    return "\n".join(lines)


def typed(name: str, kind: str, value: object) -> str:
    """Return one constant of a type."""
    return f"export const {name}: {kind} = {json.dumps(value)};"
