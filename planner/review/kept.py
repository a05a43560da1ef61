"""The register in the run store: what earlier reviews noted, what this one adds, and what it says of the former."""

from __future__ import annotations

from collections.abc import Sequence

from planner.review.breaches import is_reviewed, mend, still_there
from planner.review.compared import Compared
from planner.review.record import Breach
from planner.store.register import ReviewOrigin, add_to_register, read_register, standing
from planner.store.store import RunStore


def merged(known: Sequence[Breach], breaches: Sequence[Breach], compared: Compared) -> list[Breach]:
    """Every entry as it stands after this review, the earlier ones first.

    Whose it is stays as it was first noted. A departure of an earlier month is mended by what was done since. What was
    noted, was looked at again and is not found any more, is withdrawn: reports were corrected.
    """
    before = {breach.key: breach for breach in known}
    now = {
        breach.key: breach.but(whose=before[breach.key].whose) if breach.key in before else breach
        for breach in breaches
    }
    gone = [breach for key, breach in before.items() if key not in now]
    withdrawn = [
        breach.but(state="withdrawn", mended=(), remedy="")
        for breach in gone
        if breach.state != "withdrawn" and is_reviewed(breach, compared) and still_there(breach, compared.instance)
    ]
    taken = {breach.key for breach in withdrawn}
    earlier = [breach for breach in gone if breach.key not in taken]
    result = {breach.key: breach for breach in (*earlier, *withdrawn, *now.values())}
    result |= {
        breach.key: mend(breach, compared)
        for breach in earlier
        if breach.kind != "commitment" and breach.state != "withdrawn"
    }
    order = [*before, *(key for key in result if key not in before)]
    return [result[key] for key in order]


def keep(
    store: RunStore, breaches: Sequence[Breach], compared: Compared, origin: ReviewOrigin
) -> tuple[list[Breach], int, str]:
    """The whole register after this review, how many rows were added, and the hash of the last.

    Raises StoreError where it is damaged.
    """
    known = [Breach.model_validate(entry) for entry in standing(read_register(store.database)).values()]
    entries = merged(known, breaches, compared)
    added, seal = add_to_register(store.database, {breach.key: breach.document() for breach in entries}, origin)
    return entries, added, seal
