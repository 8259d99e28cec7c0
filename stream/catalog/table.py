"""A file of rows with a heading: comma, semicolon or tab between the cells, compressed or not."""

import csv
from collections.abc import Iterator
from contextlib import closing

from stream.errors import LogError
from stream.lines import Lines

SEPARATORS = "\t;,"
Cells = dict[str, str]  # column -> text; empty cells are left out


def first_line(lines: Lines) -> str:
    """Return the first line. Raises LogError for an empty file and for one that is not UTF-8."""
    with closing(iter(lines)) as numbered:
        for number, line in numbered:
            return _text(lines, number, line)
    raise LogError(str(lines.path), 0, "is empty.")


def columns_of(heading: str) -> list[str]:
    """Return a heading's columns: lower case, with _ for spaces, without Google's `g:`."""
    return [cell.strip(' "').lower().replace(" ", "_").removeprefix("g:") for cell in heading.split(_separator(heading))]


def rows(lines: Lines) -> Iterator[tuple[int, Cells]]:
    """Yield (line on which the row ends, its cells by column).

    In a file with tabs a cell holds no line end and a quote in the middle is a quote; in the others quotes are RFC 4180's.

    Raises:
        LogError: where a row cannot be told from the next, or is not UTF-8; nothing after it can be trusted.
    """
    heading = first_line(lines)
    columns, separator = columns_of(heading), _separator(heading)
    split = _by_tabs(lines) if separator == "\t" else _by_quotes(lines, separator)
    next(split)
    for number, cells in split:
        if any(cell.strip() for cell in cells[len(columns) :]):
            raise LogError(
                str(lines.path), number, f"has {len(cells)} cells under {len(columns)} columns; are quotes or separators missing?"
            )
        yield number, {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if cell.strip()}


def _separator(heading: str) -> str:
    return max(SEPARATORS, key=heading.count)


def _by_tabs(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines:
        yield number, [_unquoted(cell) for cell in _text(lines, number, line).split("\t")]


def _unquoted(cell: str) -> str:
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


def _by_quotes(lines: Lines, separator: str) -> Iterator[tuple[int, list[str]]]:
    texts = (_text(lines, number, line) + "\n" for number, line in lines)
    try:
        for cells in csv.reader(texts, delimiter=separator, strict=True):
            yield lines.number, cells
    except csv.Error as fault:
        raise LogError(str(lines.path), lines.number, f"{fault}; a quote inside a cell is written twice.") from fault


def _text(lines: Lines, number: int, line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as fault:
        raise LogError(str(lines.path), number, "is not UTF-8; save the file as UTF-8.") from fault
