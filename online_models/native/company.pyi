"""Types of `company.pyx`."""

import numpy as np
from numpy.typing import NDArray

from online_models.memory.sessions import Ints as Items
from online_models.request import Floats

def met(cells: Items, vectors: Items, signs: NDArray[np.int8], squares: Floats, pairs: Items) -> None: ...
