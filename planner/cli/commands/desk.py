"""`planner desk`: the desk in the browser."""

from __future__ import annotations

from importlib import util
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.commands.runs import DEFAULT_STORE, STORE_VARIABLE
from planner.cli.say import say
from planner.errors import UsageError

_NEEDED = ("starlette", "uvicorn", "itsdangerous", "python_multipart")


DeskStore = Annotated[
    str,
    typer.Option("--store", metavar="FILE|URL", envvar=STORE_VARIABLE, help="Run store: a file, or postgresql://…"),
]
DeskFolder = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", help="Folder of uploads and of the runs of the desk.")
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port; 0: any free one.")]
Listen = Annotated[
    str,
    typer.Option(
        "--listen", metavar="ADDRESS", help="Address to listen on; any but this machine needs --users and TLS."
    ),
]
Host = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="NAME", help="Public host name of the desk, such as behind a proxy."),
]
Users = Annotated[Path | None, typer.Option("--users", metavar="FILE", help="Users and their roles: a TOML file.")]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="What users of a nation see: a policy of planner extract."),
]
PlanWorkers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        metavar="N",
        help="Plans made at a time; default: one less than the number of processors.",
    ),
]
PlanScheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers make the plans, on the same disk."
    ),
]
Certificate = Annotated[Path | None, typer.Option("--certificate", metavar="FILE", help="TLS certificate, in PEM.")]
CertificateKey = Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Key of the certificate, in PEM.")]
Password = Annotated[
    bool,
    typer.Option("--password", help="Only ask for a password and print its hash for the file of users."),
]


def desk(
    store: DeskStore = DEFAULT_STORE,
    output: DeskFolder = Path("outputs") / "desk",
    port: Port = 8765,
    listen: Listen = "127.0.0.1",
    host: Host = None,
    users: Users = None,
    policy: PolicyFile = None,
    workers: PlanWorkers = None,
    scheduler: PlanScheduler = None,
    certificate: Certificate = None,
    key: CertificateKey = None,
    password: Password = False,
) -> None:
    """Start the desk: read, question, compare and approve runs in the browser."""
    missing = [name for name in _NEEDED if util.find_spec(name) is None]
    if missing:
        raise UsageError(f"the desk needs {missing[0]}: pip install 'coalition-planner[desk]'")
    if password:
        _print_password()
        return
    from planner.desk.serving import Serving, serve

    how = Serving(store, output, port, listen, tuple(host or ()), users, policy, workers, scheduler, certificate, key)
    serve(how, lambda line: say([line]))


def _print_password() -> None:
    from planner.desk.access.users import hashed

    typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        say([f'password = "{hashed(typed)}"'])
    except ValueError as problem:
        raise UsageError(f"--password: {problem}") from None
