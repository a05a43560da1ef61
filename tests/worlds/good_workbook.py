"""A small workbook without faults in which every table and most columns are filled."""

from __future__ import annotations

from datetime import date
from typing import Any

Sheets = dict[str, list[list[Any]]]

GOOD: Sheets = {
    "Settings": [
        ["key", "value"],
        ["title", "Good"],
        ["start", "2026-01"],
        ["periods", 12],
        ["period_length", "month"],
        ["currency", "EUR"],
        ["discount_rate", 0.03],
        ["fiscal_year_start", 1],
        ["objective", "lexicographic"],
    ],
    "Nations": [
        ["nation", "name", "groups", "beneficiary", "key", "contribution_min", "contribution_max", "work_share_min"],
        ["PL", "Poland", "EU; East", "no", 3, 0.1, 0.6, 0.5],
        ["DE", "Germany", "EU", None, 5, None, 0.7, None],
        ["UA", "Ukraine", None, "yes", None, None, None, None],
    ],
    "Items": [
        ["item", "name", "category", "cost_type", "lot", "weight (t)", "volume", "neq", "shelf_life", "holding_cost", "value"],
        ["shell", "155 mm", "ammo", "procurement", 100, 0.05, 0.1, 9, None, 0.1, None],
        ["fuze", None, "parts", None, None, None, None, None, 6, None, None],
        ["course", "Training place", None, "training", 1, 0, None, None, 0, None, 500],
    ],
    "Nodes": [
        ["node", "kind", "nation", "lat", "lon", "storage_t", "storage_m3", "throughput_t", "opens", "closes", "access"],
        ["Works", "factory", "PL", 52, 17, 0, None, None, None, None, None],
        ["Depot", "depot", "DE", 51, 20, 500, 900, 200, "2020-01", None, "East; UA"],
        ["Border", "transit", "PL", 50, 23, None, None, 100, None, None, None],
        ["City", "destination", "UA", 50, 30, None, None, None, None, 12, None],
        ["Bazaar", "market", None, None, None, None, None, None, None, None, None],
    ],
    "NodeItems": [["node", "item", "storage", "holding_cost"], ["Depot", "shell", 400, 0.2], ["City", "fuze", 0, None]],
    "Routes": [
        ["route", "origin", "destination", "mode", "lead_time", "cost", "capacity_t", "opens", "closes", "both_ways", "excludes", "nations"],
        ["R1", "Works", "Depot", "road", 0, 10, None, None, None, "yes", None, None],
        ["R2", "Depot", "Border", "rail", 1, 20, 80, "ceasefire", "2026-Q4", None, "parts; course", "EU"],
        [None, "Border", "City", "road", None, 5, None, None, None, False, None, None],
        [None, "Bazaar", "Works", None, 2, 1, 50, 2, 11, None, None, None],
    ],
    "RouteItems": [["route", "item", "cost", "capacity"], ["R1", "shell", 3, 900], ["Border>City:road", "fuze", None, 10]],
    "Lines": [
        [
            "line", "factory", "item", "unit_cost (EUR)", "capacity", "min_rate", "start_rate", "ramp", "yield", "resource",
            "resource_use", "order_lead_time", "advance", "opens", "closes", "content", "currency",
        ],
        ["L1", "Works", "shell", 3000, 100, 5, 10, 20, 0.98, "press", 2, 1, 0.3, None, None, "PL:0.7; DE:0.3", None],
        [None, "Works", "fuze", 200, 300, None, None, None, None, None, None, None, None, 1, "2026-12", None, "USD"],
        ["offer", "Bazaar", "fuze", 400, None, None, None, None, None, None, None, 2, None, None, None, None, None],
        ["school", "Works", "course", 500, 40, None, None, None, None, None, None, None, None, None, None, None, None],
    ],
    "Resources": [["resource", "factory", "capacity"], ["press", "Works", 150], ["staff", None, 900]],
    "ResourceUse": [["line", "resource", "use"], ["L1", "staff", 1], ["Works:fuze", "staff", 0.5]],
    "Capacity": [["object", 1, 2, "2026-Q2"], ["L1", 0, 50, 80], ["staff", None, 500, None]],
    "Components": [
        ["item", "component", "quantity", "line"],
        ["shell", "fuze", 1, None],
        ["shell", "fuze", 0.1, "L1"],
    ],
    "Expansions": [
        ["expansion", "line", "resource", "node", "route", "cost", "limit", "lead_time", "first", "last", "content"],
        ["E1", "L1", None, None, None, 900, 50, 3, 1, 6, None],
        ["E2", None, None, "Depot", None, 80, None, None, None, None, "DE:1"],
    ],
    "Stocks": [
        ["node", "item", "quantity", "period", "nation", "age"],
        ["Depot", "shell", 20, None, "DE", None],
        ["Works", "fuze", 50, 2, None, 1],
    ],
    "Demand": [
        ["demand", "commitment", "destination", "item", "period", "quantity", "binding", "priority", "max_delay", "shortage_cost"],
        ["K1", "Package", "City", "shell", 6, 100, None, 2, 1, 9000],
        [None, None, "City", "shell", date(2026, 9, 1), 80, "no", None, None, None],
        ["K3", "Package", "Works", "course", "ceasefire+2", 30, "yes", 1, 2, None],
    ],
    "Commitments": [
        ["commitment", "name", "pillar", "nations", "binding"],
        ["Package", "Long-term package", "defence", "EU; UA", "yes"],
        ["Other", None, None, "PL", None],
    ],
    "Events": [["event", "period"], ["ceasefire", "2026-04"], ["accession", None], ["review", "ceasefire+1"]],
    "Targets": [
        ["target", "nodes", "items", "from", "to", "quantity", "days_of_supply", "priority", "shortage_cost"],
        ["T1", "Depot", "ammo", 3, 12, 10, None, 1, 5],
        [None, "DE; City", "shell; parts", None, None, None, 30, None, None],
    ],
    "Funds": [
        [
            "fund", "kind", "carry_over", "cofinancing", "interest", "ceiling", "content_group", "content_min", "content_scope",
            "min_nations", "opens", "closes",
        ],
        ["SAFE", "loan", "yes", 0.9, 0.02, 1000000, "EU", 0.65, "fund", 2, None, None],
        ["Own", "budget", None, None, None, None, None, None, None, None, 1, 12],
    ],
    "Budgets": [
        ["fund", "contributor", "year", "amount", "from"],
        ["SAFE", "PL", 2026, 500000, "ceasefire"],
        ["SAFE", "DE", 2026, 500000, None],
        ["Own", None, 2026, 900000, None],
    ],
    "Eligibility": [
        ["fund", "cost_types", "items", "producers", "beneficiaries", "tier"],
        ["SAFE", "procurement; capacity", "ammo; fuze", "EU", "UA", 1],
        ["Own", None, None, None, None, 1],
    ],
    "Consents": [["nation", "items", "nodes", "routes", "kind", "from", "status"], ["DE", "ammo", "Depot", None, "transit", 3, "given"]],
    "Policies": [
        ["policy", "kind", "items", "nations", "nodes", "routes", "share", "from", "to"],
        ["P1", "forbid", "ammo", None, None, "R1", None, 1, 2],
        ["P2", "largest_share", "parts", "EU; UA", None, None, 0.9, None, None],
    ],
    "Contingencies": [
        ["contingency", "name", "probability", "period", "window", "coverage", "warning"],
        ["attack", "Renewed attack", 0.1, 8, 3, 0.8, 1],
        ["strike", None, None, "review", None, None, None],
    ],
    "Surge": [["contingency", "destination", "item", "offset", "quantity", "priority"], ["attack", "City", "shell", 1, 50, 1]],
    "Disruptions": [
        ["contingency", "kind", "name", "from", "to", "factor"],
        ["attack", "route", "R2", 8, 10, 0.5],
        [None, "node", "Border", 11, 12, 0],
    ],
    "Options": [
        ["option", "table", "where", "column", "change", "value", "description"],
        ["more", "Budgets", "fund=SAFE; year=2026", "amount", "scale", 1.2, "A fifth more"],
    ],
    "Actuals": [["period", "kind", "line", "route", "node", "item", "demand", "fund", "quantity"], [1, "made", "L1", None, None, None, None, None, 5]],
    "Currencies": [["currency", "rate"], ["USD", 0.9]],
    "notes": [["what", "source"], ["prices", "invented"]],
}  # fmt: skip
