"""An example for each command; help shows it, and a test runs it."""

from __future__ import annotations

EXAMPLES = {
    "check": "planner check inputs/quickstart.xlsx",
    "template": "planner template my-plan.xlsx",
    "solve": "planner solve inputs/quickstart.xlsx -o outputs/quickstart",
    "compare": "planner compare inputs/quickstart.xlsx --sweep route=Railway 0.5:1.5:5 -o outputs/rail",
    "frontier": "planner frontier inputs/quickstart.xlsx -o outputs/frontier",
    "money": "planner money inputs/quickstart.xlsx -o outputs/money",
    "remedy": "planner remedy inputs/quickstart.xlsx -o outputs/remedy",
    "alternatives": "planner alternatives inputs/quickstart.xlsx --slack 2% --count 2 -o outputs/alternatives",
    "withdraw": "planner withdraw inputs/quickstart.xlsx --pairs 3 -o outputs/withdrawn",
    "verify": "planner verify outputs/quickstart",
    "diff": "planner diff outputs/rail/runs/base outputs/rail/runs/Railway-x1.5",
    "evaluate": "planner evaluate outputs/quickstart outputs/quickstart -o outputs/evaluated",
    "fairness": "planner fairness inputs/partners.xlsx --group Partners -o outputs/partners",
    "stress": "planner stress inputs/renewed-attack.xlsx --draws 200 --seed 1 -o outputs/stress",
    "explain": "planner explain outputs/quickstart April",
    "record": "planner record outputs/quickstart -o outputs/decided.json --considered outputs/rail --approved-by 'A. "
    "Planner'",
    "reproduce": "planner reproduce outputs/quickstart.decision.json",
    "replan": "planner replan outputs/quickstart inputs/quickstart-february.xlsx -o outputs/quickstart-february",
    "review": "planner review outputs/quickstart inputs/quickstart-february.xlsx -o outputs/review",
    "merge": "planner merge outputs/cell.xlsx outputs/NO.xlsx outputs/EA.xlsx outputs/WE.xlsx outputs/CY.xlsx -o "
    "outputs/all.xlsx",
    "extract": "planner extract inputs/partners.xlsx --nation EA -o outputs/eastland.xlsx",
    "desk": "planner desk --store outputs/runs.sqlite",
    "runs": "planner runs list",
    "runs add": "planner runs add outputs/quickstart",
    "runs list": "planner runs list",
    "runs show": "planner runs show 1 --prices",
    "runs diff": "planner runs diff 1 2",
    "runs approve": "planner runs approve 1 --by 'A. Planner' --said 'Agreed in the board of 3 March'",
    "runs input": "planner runs input 1 -o again",
    "runs prune": "planner runs prune --keep 12 --older-than 400",
    "schedule": "planner schedule run nightly.toml",
    "schedule template": "planner schedule template weekly.toml",
    "schedule check": "planner schedule check nightly.toml",
    "schedule run": "planner schedule run nightly.toml",
    "schedule install": "planner schedule install nightly.toml --cron",
}


def example(command: str) -> str:
    """The line of the help of a command (of a group: "runs add") that shows its example."""
    return f"Example: {EXAMPLES[command]}"
