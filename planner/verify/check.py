"""All checks in order, of a plan in memory or of a run folder."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from planner.errors import Fault, InputError, UsageError
from planner.records.run import read_run
from planner.verify.all_sums import check_sums
from planner.verify.contingency.check import check_contingencies
from planner.verify.contingency.worth import check_worth
from planner.verify.goods.balance import check_balance
from planner.verify.goods.circulation import check_circulation
from planner.verify.goods.consents import check_consents
from planner.verify.goods.demand import check_demand
from planner.verify.goods.expiry import check_shelf_life
from planner.verify.goods.locks import check_locks
from planner.verify.goods.production import check_making
from planner.verify.goods.stability import check_course
from planner.verify.goods.storage import check_storage
from planner.verify.goods.targets import check_targets
from planner.verify.goods.transport import check_transport
from planner.verify.input.data import Case
from planner.verify.input.funds_input import relaxed
from planner.verify.input.interpret import read_case
from planner.verify.money.costs import Costs, check_cost_columns
from planner.verify.money.funding import check_money
from planner.verify.money.ledger import Ledger
from planner.verify.money.nations import check_nations
from planner.verify.money.shares import check_burden_sharing, check_ledger
from planner.verify.objective import check_objective, weighted
from planner.verify.plan_arrays import PlanArrays
from planner.verify.table_form import BOUNDED, BOUNDED_FIELDS, COLUMNS, NAME_COLUMNS, OPTIONAL
from planner.verify.tables import clean
from planner.verify.verification import Findings, Verification
from planner.workbook.reading.raw import RawInput, read_raw


def verify(source: Path | RawInput, tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any]) -> Verification:
    """Check the result `tables` of a plan (and the objective in `run`) against the input at `source`.

    `source` may also be an input that is already read, as it is where an option has changed its cells.
    `tables` are those of the run folder, by name; `run` is what run.json says. Families that the chosen
    model switches off (`run["model"]["families_off"]`) are skipped. A family fails where
    |residual| > `TOLERANCE` × max(1, largest term). Raises InputError where the input cannot be read.
    """
    return _verify(_readable(source), tables, run, Findings(_families_off(run)))


def verify_run(folder: Path, input_path: Path | None = None) -> Verification:
    """Check a run folder: run.json and tables/*.csv. Without `input_path` the input is the one run.json names.

    An input that has changed since is a violation of family `input`, a table that has one of `tables`. Raises
    UsageError where `folder` is no run with a plan or its input is not to be found, InputError where the input cannot
    be read.
    """
    run = read_run(folder).document()
    if not (folder / "tables").is_dir():
        raise UsageError(f"{folder} holds no plan: it has no tables")
    tables = read_tables(folder / "tables")
    path = input_path or Path(run["input"]["path"])
    if not path.exists() or path == Path():
        raise UsageError(f"the input {str(path)!r} of this run is not to be found; give its place with --input")
    findings = Findings(_families_off(run))
    _check_files(folder / "tables", run, findings)
    return _verify(_readable(path), tables, run, findings)


def _families_off(run: Mapping[str, Any]) -> list[str]:
    return list((run.get("model") or {}).get("families_off") or ())


def _check_files(folder: Path, run: Mapping[str, Any], findings: Findings) -> None:
    """Each table is byte for byte what run.json says that the run wrote, and there is no other."""
    written: Mapping[str, str] = run.get("tables") or {}
    hashes = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))}
    for name in sorted(written.keys() | hashes.keys()) if written else ():
        if written.get(name) != hashes.get(name):
            findings.fault("tables", f"table {name} has changed since the run wrote it (another SHA-256)")


def _verify(
    source: RawInput, tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any], findings: Findings
) -> Verification:
    expected = (run.get("input") or {}).get("sha256")
    if expected and expected != source.sha256:
        findings.fault("input", f"{source.path.name} has changed since the plan was made (another SHA-256)")
    case = _understood(source)
    case = replace(case, funds={name: relaxed(fund, findings.skipped) for name, fund in case.funds.items()})
    objective = run.get("objective")
    by_number = "weighted" if isinstance(objective, int | float) else "lexicographic"
    arrays = PlanArrays(case, clean(case, tables, findings), case.objective if objective is None else by_number)
    costs = Costs(arrays)
    ledger = Ledger(costs)
    check_balance(arrays, findings)
    check_making(arrays, findings)
    check_course(arrays, findings)
    check_transport(arrays, findings)
    check_circulation(arrays, findings)
    check_storage(arrays, findings)
    check_shelf_life(arrays, findings)
    check_demand(arrays, findings)
    check_targets(arrays, findings)
    check_consents(arrays, findings)
    check_cost_columns(costs, findings)
    check_money(ledger, findings)
    check_sums(ledger, findings)
    check_locks(ledger, findings)
    check_nations(costs, findings)
    check_ledger(ledger, findings)
    check_burden_sharing(ledger, findings)
    levels = check_contingencies(arrays, tables, findings)
    check_objective(ledger, levels, run, findings)
    weighted_sum = weighted(costs)[0] if arrays.objective == "weighted" else 0.0
    check_worth(arrays, levels, weighted_sum + levels.expectation() if levels.answers else None, tables, run, findings)
    return replace(findings.result(), not_recomputed=_not_recomputed(tables, run))


def _not_recomputed(tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that no check knows, or knows bounds of only: prices, which are the solver's, and what is new; and
    what run.json says of other plans than this.
    """
    columns = tuple(
        column_name
        for name, table in tables.items()
        for column in table.columns
        if column not in COLUMNS.get(name, ()) or (len(table) and f"{name}.{column}" in BOUNDED)
        for column_name in (f"{name}.{column}",)
    )
    return columns + (BOUNDED_FIELDS if run.get("worth") else ())


def _understood(source: RawInput) -> Case:
    """The case; InputError where it makes no sense, as an input that has not passed `planner check` may not."""
    try:
        return read_case(source)
    except (KeyError, ValueError, TypeError, StopIteration, RecursionError) as error:
        problem = f"cannot be understood ({error or type(error).__name__}); `planner check` lists every fault"
        raise InputError([Fault(source.path.name or str(source.path), problem)]) from error


def _readable(source: Path | RawInput) -> RawInput:
    raw = source if isinstance(source, RawInput) else read_raw(source)
    if raw.tables and raw.table("Settings") is None:
        raise InputError([Fault(raw.path.name, "is no input: it has no sheet Settings; `planner check` says more")])
    if raw.faults:
        raise InputError(raw.faults)
    return raw


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The result tables, names as text (`007` and `NA` stay what they are). UsageError for what is no table."""
    texts = dict.fromkeys(NAME_COLUMNS, str)
    tables = {}
    for table in COLUMNS:
        path = folder / f"{table}.csv"
        if not path.is_file():
            if table in OPTIONAL:
                continue
            raise UsageError(f"{path} is missing: the run folder is not whole")
        try:
            tables[table] = pd.read_csv(path, dtype=texts, keep_default_na=False, na_values={}, low_memory=False)
        except ValueError as error:  # also a parser's or a decoder's
            raise UsageError(f"{path} cannot be read as a table ({error})") from error
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in tables:  # what is not recomputed is only named
            with path.open(encoding="utf-8", errors="replace", newline="") as stream:
                tables[path.stem] = pd.DataFrame(columns=next(csv.reader(stream), []))
    return tables
