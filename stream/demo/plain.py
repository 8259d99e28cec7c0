"""The demo where nobody can draw: a line an answer, once it is known what became of it, and the figures every few seconds."""

import time

from stream.demo.figures import Figures
from stream.demo.score import Answer
from stream.demo.screen import Moment, opened_line
from stream.demo.ticker import Ticker
from stream.demo.view import card_of, clock, figure_rows, mark, short

FIGURES_EVERY_S = 5.0


class PlainScreen:
    """Lines for a pipe, a file or a dumb terminal."""

    def __init__(self) -> None:
        self._ticker = Ticker()
        self._waiting: list[Answer] = []
        self._said = ""
        self._figures_s: float | None = None

    def stage(self, text: str, *, done: int = 0, total: int = 0) -> None:
        """Say each stage once."""
        if text != self._said:
            print(f"{text} ...", flush=True)
            self._said = text

    def opened(self, address: str) -> None:
        """Say it as a line."""
        print(opened_line(address), flush=True)

    def show(self, moment: Moment) -> None:
        """Print what is new."""
        now_s = time.monotonic()
        fresh = self._ticker.look(moment.answers, now_s)
        if fresh is not None:
            self._waiting.append(fresh)
        for answer in [one for one in self._waiting if one.closed]:
            self._waiting.remove(answer)
            print(line(moment, answer), flush=True)
        if self._figures_s is None:
            self._figures_s = now_s
        if now_s - self._figures_s >= FIGURES_EVERY_S:
            self._figures_s = now_s
            print(f"[{clock(moment.clock_ms)}] " + ", ".join(f"{name} {value}" for name, value, _ in figure_rows(moment)), flush=True)

    def close(self) -> None:
        """Nothing to give back."""


def line(moment: Moment, answer: Answer) -> str:
    """Return one answer as a line."""
    item_id, reason = card_of(answer)
    put = answer.visit.items[answer.place].item_id
    titles = moment.titles
    return f"{short(answer.visit.customer)} put {titles.get(put, put)} -> {titles.get(item_id, item_id)} ({reason}) {mark(answer)}"


def summary(figures: Figures) -> str:
    """Return the figures of the whole run for people."""
    waits = "no suggestion" if figures.p50_ms is None else f"p50 {figures.p50_ms:g} ms, p99 {figures.p99_ms:g} ms from event to suggestion"
    rates = (
        "no invoice ended"
        if figures.hit_rate is None or figures.popular_hit_rate is None
        else f"{figures.hit_rate:.1%} of {figures.answers:,} suggestions held an item that the same invoice had later on "
        f"(bestsellers in their place: {figures.popular_hit_rate:.1%})"
    )
    learnt = "nothing learnt" if figures.model_version is None else f"ranker version {figures.model_version}, log loss {figures.log_loss}"
    return "\n".join(
        (
            f"{figures.seconds:g} s live: {figures.events:,} events, {figures.suggestions:,} suggestions; {waits}.",
            f"{rates}.",
            f"{learnt}; {figures.dead_letters} dead letters; lag {figures.lag} at the end.",
        )
    )
