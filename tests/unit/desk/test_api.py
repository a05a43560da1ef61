"""The JSON interface: it answers as its OpenAPI document says, and to each what they may see."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pandas as pd
import pytest

from planner.desk.api import ENDPOINTS
from planner.desk.app import desk_app
from planner.desk.desk import Desk
from tests.unit.desk.browsing import Browser
from tests.unit.desk.conftest import HOSTS


def _schema(document: dict[str, Any], path: str) -> dict[str, Any]:
    answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return {**answer, "components": document["components"]}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.path)
@pytest.mark.parametrize("name", ["reader", "east"])
def test_every_answer_is_as_the_document_says(endpoint: Any, name: str, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in(name)
    document = browser.get("/api/openapi.json").json()
    table = browser.get("/api/runs/1/tables").json()["tables"][0]["name"]
    answer = browser.get(endpoint.path.format(run=1, table=table))
    if answer.status_code == 403:
        assert (name, endpoint.path) == ("east", "/api/runs/{run}/figures")
        return
    jsonschema.validate(answer.json(), _schema(document, endpoint.path), cls=jsonschema.Draft202012Validator)


def test_the_document_names_every_address_and_parameter(browser: Browser) -> None:
    paths = browser.get("/api/openapi.json").json()["paths"]
    assert set(paths) == {endpoint.path for endpoint in ENDPOINTS}
    for path, methods in paths.items():
        assert set(methods) == {"get"}
        named = {one["name"] for one in methods["get"]["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_rows_are_those_of_the_table_page_by_page(browser: Browser) -> None:
    whole = pd.read_csv(
        io.StringIO(browser.get("/runs/2/tables/deliveries.csv?item=rounds").text), keep_default_na=False
    )
    first = browser.get("/api/runs/2/tables/deliveries?item=rounds&limit=2").json()
    rest = browser.get("/api/runs/2/tables/deliveries?item=rounds&offset=2").json()
    assert first["rows"] == len(whole) == len(first["values"]) + len(rest["values"])
    assert [list(row) for row in whole.itertuples(index=False, name=None)] == [*first["values"], *rest["values"]]


def test_figures_are_those_of_the_store(browser: Browser) -> None:
    figures = {one["name"]: one["value"] for one in browser.get("/api/runs/2/figures").json()["figures"]}
    assert figures["Fill rate"] == pytest.approx(330 / 360)  # worked by hand in the notes of the sample


def test_who_is_not_signed_in_gets_no_answer(desk: Desk) -> None:
    answer = Browser(desk_app(desk, HOSTS)).get("/api/runs")
    assert answer.status_code == 401
    assert answer.json() == {"error": "not signed in"}


@pytest.mark.parametrize(
    ("address", "status"),
    [("/api/runs/99", 404), ("/api/runs/2/tables/nothing", 404), ("/api/runs?before=x", 400), ("/api/nothing", 404)],
)
def test_what_is_wrong_is_said_as_json(address: str, status: int, browser: Browser) -> None:
    answer = browser.get(address)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_nothing_can_be_changed(browser: Browser) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert browser.ask(method, "/api/runs/1").status_code == 405
