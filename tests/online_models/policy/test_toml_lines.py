import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from online_models.policy.toml_lines import line_of, line_of_error, lines_of

TEXT = '''\
# a comment with [brackets] and key = value
plain = 1
"quoted key" = "a # b = [c]"   # not a comment inside of the string
dotted.inner.leaf = 2
list = [
  1, # one, [two]
  [2, 3],
  {x = 4, y.z = 5},
]
long = """
[not.a.table]
no = "key"
"""
literal = \'\'\'
it\'s = 1\'\'\'
[table]
inside = {deep = {deeper = 6}, other = "}"}
[table."sub.table".leaf]
at = 2025-11-28T00:00:00+09:00
[[many]]
first = 1
[many.child]
a = 1
[[many]]
second = 2
[[many.grand]]
b = 1
[[many.grand]]
c = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("plain",), 2),
        (("quoted key",), 3),
        (("dotted", "inner", "leaf"), 4),
        (("dotted",), 4),
        (("list", 0), 6),
        (("list", 1, 1), 7),
        (("list", 2, "x"), 8),
        (("list", 2, "y", "z"), 8),
        (("long",), 10),
        (("literal",), 14),
        (("table",), 16),
        (("table", "inside", "deep", "deeper"), 17),
        (("table", "inside", "other"), 17),
        (("table", "sub.table", "leaf", "at"), 19),
        (("many", 0), 20),
        (("many", 0, "first"), 21),
        (("many", 0, "child", "a"), 23),
        (("many", 1, "second"), 25),
        (("many", 1, "grand", 0, "b"), 27),
        (("many", 1, "grand", 1), 28),
        (("many", 1, "grand", 1, "c"), 29),
    ],
)
def test_a_key_is_found_on_the_line_where_it_stands(path: tuple[str | int, ...], line: int):
    assert line_of(TEXT, path) == line


def test_a_key_that_is_not_written_is_looked_for_where_it_belongs():
    assert line_of(TEXT, ("many", 1, "missing")) == 24
    assert line_of(TEXT, ("table", "inside", "deep", "missing")) == 17
    assert line_of(TEXT, ("nowhere", "at", "all")) is None


def paths(value: Any, here: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Return the path of everything that a decoded text holds."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {(*here, key): inner for key, inner in entries}
    return set(found).union(*(paths(inner, at) for at, inner in found.items()))


def test_whatever_the_text_holds_has_a_line_and_nothing_else_has():
    assert set(lines_of(TEXT)) == paths(tomllib.loads(TEXT))


KEY = st.text("ab", min_size=1, max_size=2)
VALUE = st.recursive(
    st.sampled_from(["1", "true", '"a]}#\\"\\n="', "'[{#'", '"""\n"] = {\n"""', "''", '""', "1979-05-27 07:32:00", "-inf"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda all_: "[ # x\n" + ",\n".join(all_) + "\n]"),
        st.lists(st.tuples(KEY, inner), max_size=2, unique_by=lambda one: one[0]).map(
            lambda all_: "{" + ", ".join(f'"{key}" = {value}' for key, value in all_) + "}"
        ),
    ),
    max_leaves=5,
)
HEAD = st.lists(KEY, min_size=1, max_size=3).map(" . ".join)
LINE = st.one_of(HEAD.map("[{}] # h".format), HEAD.map("[[ {} ]]".format), st.tuples(HEAD, VALUE).map(" = ".join), st.just("# c = [1"))


@given(st.lists(LINE, max_size=8).map("\n".join))
def test_every_text_that_is_toml_is_read_as_it_is(text: str):
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = line_of_error(text, str(error))
        assert line is not None
        assert 1 <= line <= text.count("\n") + 1
    else:
        lines = lines_of(text)
        assert set(lines) == paths(said)
        assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = upgrades\n", 2),
        ("a = 1\n[t]\n\nc = [1,\n2\n\n", 5),  # an array that is never closed is noticed at the end: the last line that holds anything
        ("a = 1\nb = 2\na = 3\n", 3),
        ("[a]\n[b]\n[a]\n", 3),
        ('a = "open\nb = 1\n', 1),
    ],
)
def test_a_text_that_is_not_toml_has_the_line_of_its_fault(text: str, line: int):
    with pytest.raises(tomllib.TOMLDecodeError) as refused:
        tomllib.loads(text)
    assert line_of_error(text, str(refused.value)) == line
