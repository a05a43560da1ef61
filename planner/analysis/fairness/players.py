"""The players of the game: which nations a group of names means."""

from __future__ import annotations

from planner.domain.instance import PlanningInstance
from planner.errors import UsageError
from planner.workbook.names.names import nearest


def chosen_players(instance: PlanningInstance, names: str) -> tuple[str, ...]:
    """The nations that a list of nations and nation groups names, in the order of the Nations sheet.

    Names are separated by `,` or `;`. Beneficiaries that come with a group are left out: what they have is open to
    every coalition. Raises UsageError for an unknown name, a beneficiary named itself, or nobody.
    """
    groups: dict[str, set[str]] = {}
    for nation in instance.nations.values():
        for group in nation.groups:
            groups.setdefault(group, set()).add(nation.name)
    wanted: set[str] = set()
    for name in (part.strip() for part in names.replace(";", ",").split(",")):
        if name in instance.nations:
            if instance.nations[name].beneficiary:
                raise UsageError(f"{name} is a beneficiary: what it has is open to every coalition, so it is no player")
            wanted.add(name)
        elif name in groups:
            wanted |= groups[name]
        elif name:
            near = nearest(name, [*instance.nations, *groups])
            hint = f", did you mean {near!r}?" if near else ""
            raise UsageError(f"--group: found {name!r}, expected a nation or a nation group of the sheet Nations{hint}")
    players = tuple(n.name for n in instance.nations.values() if n.name in wanted and not n.beneficiary)
    if not players:
        raise UsageError("--group names nobody; expected nations or nation groups, such as DE,FR,PL or EU")
    return players
