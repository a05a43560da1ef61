"""Statistical disclosure control: which sums may be disclosed, so that no figure of fewer than three nations follows.

A withheld figure can be derived from a sum with too few parts (primary disclosure), or from the difference of sums
(secondary disclosure). Sums are linear combinations of terms; a term is what several nations' figures of one kind
add up to, such as the shortfalls of an item in a period. A term in which enough nations have a part is safe. Whoever
combines sums linearly learns a combination of terms; where that holds a safe term, it is one of enough nations.
So sums may be disclosed together where no combination of them is of unsafe terms alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from fractions import Fraction

Term = Hashable
Combination = Mapping[Term, int]


class Disclosure:
    """What one nation knows, sum by sum."""

    def __init__(self, least: int) -> None:
        """`least`: so many other nations must have a part in what is disclosed."""
        self._least = least
        self._parts: dict[Term, set[str]] = defaultdict(set)
        self._known: dict[Term, dict[Term, Fraction]] = {}  # what is known, by the term it is solved for

    def part(self, term: Term, nation: str) -> None:
        """A nation has a part in a term that is not 0."""
        self._parts[term].add(nation)

    def anybody(self, combination: Combination) -> bool:
        """Has any other nation a part in it?"""
        return any(self._parts.get(term) for term in combination)

    def know(self, combination: Combination) -> None:
        """The nation knows this combination of terms without any disclosure, whatever follows from it."""
        self._enter(self._reduced(combination))

    def tell(self, combination: Combination) -> bool:
        """May this combination be disclosed, with all that was disclosed before? If so, it is known from now on."""
        rest = self._reduced(combination)
        if rest and not any(map(self._safe, rest)):
            return False
        self._enter(rest)
        return True

    def _safe(self, term: Term) -> bool:
        return len(self._parts[term]) >= self._least

    def _reduced(self, combination: Combination) -> dict[Term, Fraction]:
        """What of a combination does not follow from what is known; terms in which nobody has a part are 0."""
        rest = {term: Fraction(count) for term, count in combination.items() if count and self._parts.get(term)}
        for term in [*rest]:  # what is known holds no other solved term
            if known := self._known.get(term):
                _subtract(rest, known, rest[term])
        return rest

    def _enter(self, rest: dict[Term, Fraction]) -> None:
        """Gauss-Jordan elimination: what is known now is solved for one of its terms, a safe one if there is any."""
        if not rest:
            return
        pivot = next(filter(self._safe, rest), next(iter(rest)))
        size = rest[pivot]
        solved = {term: count / size for term, count in rest.items()}
        for known in self._known.values():
            if factor := known.get(pivot):
                _subtract(known, solved, factor)
        self._known[pivot] = solved


def _subtract(rest: dict[Term, Fraction], known: Mapping[Term, Fraction], factor: Fraction) -> None:
    for term, count in known.items():
        left = rest.get(term, Fraction()) - factor * count
        if left:
            rest[term] = left
        else:
            rest.pop(term, None)
