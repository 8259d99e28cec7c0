"""Which row a session goes on in, by its name; two customers may have hit upon the same one."""

from collections.abc import Sequence


class SessionNames:
    """The newest row of every session, by name. Holds names of retained rows only.

    `customers`: whose row stands in each slot, as the rows' owner keeps it up to date; row n stands in slot n % `capacity`.
    """

    def __init__(self, customers: Sequence[str], capacity: int) -> None:
        self._customers, self._capacity = customers, capacity
        self._newest: dict[str, int] = {}  # name -> its newest row, whoever's it is
        self._clashes: dict[str, dict[str, int]] = {}  # a name that several customers use -> customer -> his newest row of it

    def newest(self, session: str) -> int | None:
        """Return the newest row of that name."""
        return self._newest.get(session)

    def row_of(self, customer: str, session: str) -> int | None:
        """Return the newest row that this customer has of that name."""
        clash = self._clashes.get(session)
        if clash is not None:
            return clash.get(customer)
        number = self._newest.get(session)
        return number if number is not None and self._owner(number) == customer else None

    def begin(self, customer: str, session: str, number: int) -> None:
        """Note a row just begun."""
        before = self._newest.get(session)
        if before is not None and self._owner(before) != customer:
            self._clashes.setdefault(session, {self._owner(before): before})
        if session in self._clashes:
            self._clashes[session][customer] = number
        self._newest[session] = number

    def end(self, customer: str, session: str, number: int) -> None:
        """Forget the name if the row was the last one retained of it. Rows of one customer end in the order in which they were begun."""
        clash = self._clashes.get(session)
        if clash is None:
            if self._newest.get(session) == number:
                del self._newest[session]
        elif clash.get(customer) == number:
            del clash[customer]
            self._newest[session] = max(clash.values())
            if len(clash) == 1:
                del self._clashes[session]

    def _owner(self, number: int) -> str:
        return self._customers[number % self._capacity]
