"""A report drawn: how often the answer was right as time went by, tsuide's beside that of the simple rankers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stream.errors import LogError, PackageMissing

if TYPE_CHECKING:
    from online_models.evaluate.report import Curves, Report

WINDOWS = 50  # a point tells the mean over this part of the questions
FEWEST = 100  # questions that a window holds at least, where there are so many
POINTS = 400  # more cannot be told apart in a drawing of this width
OURS, SIMPLE = "#c2410c", ("#64748b", "#0e7490", "#7c3aed", "#4d7c0f", "#be185d", "#a16207")
SAME_EVERYWHERE = {"svg.hashsalt": "tsuide", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 10.0}


def drawing() -> Any:
    """Return the library that draws. Raises PackageMissing, saying what to install."""
    try:
        import matplotlib
        import matplotlib.backends.backend_svg
        import matplotlib.dates
        import matplotlib.figure
        import matplotlib.ticker
    except ModuleNotFoundError as fault:
        raise PackageMissing("--plot draws with matplotlib, which is not installed: pip install 'tsuide[plot]'.") from fault
    return matplotlib


def draw(report: "Report", path: Path) -> None:
    """Write the report's curves to `path` as SVG; the same report gives the same bytes. Raises LogError where it cannot be written."""
    library = drawing()
    with library.rc_context(library.rcParamsDefault), library.rc_context(SAME_EVERYWHERE):
        figure = library.figure.Figure(figsize=(9, 4.8), layout="constrained")
        _fill(figure.add_subplot(), report, library)
        try:
            figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
        except OSError as fault:
            raise LogError(str(path), 0, f"cannot be written: {fault.strerror}; check the path and its permissions.") from fault


def rolling(hits: list[bool], window: int) -> list[float]:
    """Return the share of hits among the last `window` questions, from the first full window on: n - window + 1 shares."""
    shares, held = [], sum(hits[: window - 1])
    for end in range(window, len(hits) + 1):
        held += hits[end - 1]
        shares.append(held / window)
        held -= hits[end - window]
    return shares


def _fill(axes: Any, report: "Report", library: Any) -> None:
    curves, k = report.curves, next(name.partition("@")[2] for name in report.metrics)
    n = len(curves.at_ms) if curves else 0
    window = min(max(FEWEST, n // WINDOWS), n)
    axes.set_title(_title(report), loc="left", fontweight="bold")
    axes.set_ylabel(f"HR@{k} over the last {window:,} questions")
    axes.set_xlabel(f"event time (UTC) of the {n:,} questions that count")
    axes.yaxis.set_major_formatter(library.ticker.PercentFormatter(xmax=1, decimals=0))
    axes.grid(axis="y", color="#e2e8f0", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    if curves and n:
        _lines(axes, curves, window)
        locator = library.dates.AutoDateLocator(minticks=3, maxticks=9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(library.dates.ConciseDateFormatter(locator))
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, title="ranker: HR over all of them", alignment="left")
    axes.set_ylim(bottom=0)


def _lines(axes: Any, curves: "Curves", window: int) -> None:
    places = drawn(curves.at_ms[window - 1 :])
    times = [datetime.fromtimestamp(curves.at_ms[window - 1 + place] / 1000, UTC) for place in places]
    for number, (name, hits) in enumerate(curves.hits.items()):
        shares, said = rolling(hits, window), f"{name} {sum(hits) / len(hits):.3f}"
        colour = SIMPLE[(number - 1) % len(SIMPLE)] if number else OURS
        points = [shares[place] for place in places]
        axes.plot(times, points, label=said, color=colour, linewidth=0.9 if number else 2.4, zorder=2 if number else 3)


def drawn(at_ms: list[int]) -> list[int]:
    """Return which points are drawn: of those of one moment the last, and no more than can be told apart."""
    last = [place for place, now_ms in enumerate(at_ms) if place + 1 == len(at_ms) or at_ms[place + 1] != now_ms]
    every = -(-len(last) // POINTS)
    return last[::-1][::every][::-1]


def _title(report: "Report") -> str:
    details = [str(report.more[name]) for name in ("mode", "over") if name in report.more]
    left_out = [f"without {', '.join(report.ablated)}"] if report.ablated else []
    return " · ".join([f"tsuide evaluate: {report.protocol}", *details, *left_out])
