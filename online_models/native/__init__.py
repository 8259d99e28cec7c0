"""The innermost loops of next-view ranking, compiled where a C compiler was at hand at installation: they save a third of its cost.

Each stands for a function written with numpy, which says what is worked out, does it where nothing is compiled, and is what tests hold
the loop against.

Attributes:
    COMPILED: whether the loops are there.
"""

try:
    from online_models.native import company, counts, linear, rows, table
except ImportError:
    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "company", "counts", "linear", "rows", "table"]
