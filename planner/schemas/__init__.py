"""The JSON schemas of what the commands leave behind for programs: planner/schemas/NAME.json.

They are generated from the models of the records: `python -m planner.schemas` renews them, and a test holds them
together. Reading a published one loads no model.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DRAFT = "https://json-schema.org/draft/2020-12/schema"

# The model of each record, beside the code that writes it.
MODELS = {
    "run": "planner.records.run:RunRecord",
    "alternatives": "planner.analysis.alternatives.record:AlternativesRecord",
    "basis": "planner.run.recorded.basis_record:BasisRecord",
    "compare": "planner.options.record:CompareRecord",
    "decision": "planner.decision.record:DecisionRecord",
    "evaluation": "planner.analysis.evaluate.record:EvaluationRecord",
    "extract": "planner.exchange.extract_record:ExtractRecord",
    "fairness": "planner.analysis.fairness.record:FairnessRecord",
    "frontier": "planner.analysis.frontier.record:FrontierRecord",
    "merge": "planner.exchange.merge.record:MergeRecord",
    "money": "planner.analysis.money.record:MoneyRecord",
    "remedy": "planner.analysis.remedy.record:RemedyResultRecord",
    "review": "planner.review.record:ReviewRecord",
    "schedule": "planner.schedule.record:ScheduleRecord",
    "stress": "planner.analysis.stress.record:StressRecord",
    "withdraw": "planner.analysis.withdraw.record:WithdrawRecord",
}


def schema_names() -> tuple[str, ...]:
    """The records that have a schema: `run` for run.json, `compare` for compare.json …"""
    return tuple(MODELS)


def schema(name: str = "run") -> dict[str, Any]:
    """The published JSON schema of NAME.json (draft 2020-12). Raises KeyError for a record that there is not."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{_known(name)}.json").read_text(encoding="utf-8"))
    return loaded


def generated(name: str) -> dict[str, Any]:
    """The same, made from the model of the record."""
    module, _, kind = MODELS[_known(name)].partition(":")
    document: dict[str, Any] = getattr(importlib.import_module(module), kind).json_schema()
    parts = document.pop("$defs", {})
    head = {"$schema": DRAFT, "title": f"{name}.json", "description": document["description"], "type": "object"}
    return head | document | {"title": head["title"]} | ({"$defs": parts} if parts else {})


def _known(name: str) -> str:
    if name not in MODELS:
        raise KeyError(f"{name!r} is no record; expected one of {', '.join(MODELS)}")
    return name


def text_of(name: str) -> str:
    """The generated schema as its file has it."""
    return json.dumps(generated(name), indent=1, ensure_ascii=False) + "\n"
