"""The part of the report about a renewed attack, gathered once for the page and for plan.xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from planner.plan.plan import Plan
from planner.report.figures.drawing import Figure
from planner.report.guarantees.answer_map import AnswerMap, answer_map
from planner.report.guarantees.answers import Answers, CaseAnswer
from planner.report.guarantees.curves import domain_panels, item_panels
from planner.report.guarantees.views import guarantee_views
from planner.report.guarantees.wording import headline, sentence
from planner.report.pages.views import View
from planner.report.words.numbers import Money, share

MOST_SENTENCES = 6


@dataclass(frozen=True)
class Guarantees:
    """What the plan's answers come to, in `money`; empty where the input has no case.

    Each part is worked out when it is asked for, once.
    """

    answers: Answers | None = None
    money: Money | None = None

    @cached_property
    def headline(self) -> str:
        """What happens if the attack is renewed, in one sentence; blank without cases."""
        return headline(self.answers) if self.answers else ""

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Of single cases, the least covered first."""
        if self.answers is None or self.money is None:
            return ()
        return tuple(sentence(self.answers, case, self.money) for case in self._shown_cases[0])

    @property
    def of_each(self) -> bool:
        """Is only one case of each contingency listed?"""
        return self._shown_cases[1]

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The tables of the section; none without cases."""
        return guarantee_views(self.answers) if self.answers else ()

    @property
    def weighting(self) -> str:
        """How means over the cases are taken."""
        return self.answers.weighting if self.answers else ""

    @cached_property
    def figure(self) -> tuple[str, str] | None:
        """Expected coverage, and a note."""
        return _figure(self.answers) if self.answers else None

    @cached_property
    def _shown_cases(self) -> tuple[list[CaseAnswer], bool]:
        return _shown_cases(self.answers) if self.answers else ([], False)

    def domain_panels(self, money: Money) -> Figure | None:
        """The curves of coverage by domain, by value; None without cases."""
        return domain_panels(self.answers, money) if self.answers else None

    def item_panels(self) -> Figure | None:
        """The curves of coverage by item; None without cases."""
        return item_panels(self.answers) if self.answers else None

    def map(self, money: Money) -> AnswerMap | None:
        """The depots that answer, on a map; None without cases."""
        return answer_map(self.answers, money) if self.answers else None


def read_guarantees(plan: Plan, money: Money) -> Guarantees:
    """Sentences, tables and pictures of the plan's cases."""
    return Guarantees(Answers(plan), money) if len(plan.tables["cases"]) else Guarantees()


def _shown_cases(answers: Answers) -> tuple[list[CaseAnswer], bool]:
    """All cases, the least covered first; where they are many, the least covered of each contingency."""
    least = sorted(answers.cases, key=lambda case: 2.0 if case.covered is None else case.covered)
    if len(least) <= MOST_SENTENCES:
        return least, False
    first = {case.key[0]: case for case in reversed(least)}
    return [case for case in least if first[case.key[0]] is case][:MOST_SENTENCES], True


def _figure(answers: Answers) -> tuple[str, str] | None:
    cases = answers.worst_first
    if not cases:
        return None
    least = f"least in {cases[0].strike}: {share(cases[0].covered)}"
    if len(cases) == 1:
        return share(cases[0].covered), f"“{cases[0].title}”, {cases[0].strike}"
    if answers.alike:
        return share(cases[0].covered), f"in each of {len(cases)} cases"
    if answers.expected is None:
        return share(cases[0].covered), f"the least covered of {len(cases)} cases"
    return share(answers.expected), f"on average; {least}"
