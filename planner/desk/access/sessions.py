"""Sessions: a signed cookie that names one, and what the server knows of it. They end with the server."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

from planner.desk.access.users import User, Viewer, read_users, signed_in
from planner.errors import PlannerError

COOKIE = "planner_desk"
HOURS = 12.0  # that a session lasts
MOST_FAILURES, FAILURE_SECONDS = 5, 300.0  # sign-ins of one name that may fail in so long
MOST_NAMES = 10_000  # whose failures are remembered


@dataclass(frozen=True, slots=True)
class Session:
    """`token` must come with every form that changes something (against forged requests)."""

    name: str
    viewer: Viewer
    token: str
    ends: float
    password: str = ""  # as the file had it when the session began: with another one the session is over


class TooManyError(Exception):
    """A name was tried too often; later it may be tried again."""


class Sessions:
    """Who is signed in. Without a file of users there is one viewer, who comes in by the one-time link."""

    def __init__(self, users: Path | None, alone: Viewer, clock: Callable[[], float] = time.time) -> None:
        self._file, self._alone, self._clock = users, alone, clock
        self._signer = TimestampSigner(secrets.token_bytes(32), salt="planner desk session")
        self._link: str | None = secrets.token_urlsafe(32) if users is None else None
        self._open: dict[str, Session] = {}
        self._failures: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._users: tuple[int, Mapping[str, User]] | None = None

    @property
    def has_users(self) -> bool:
        """Is there a file of users?"""
        return self._file is not None

    @property
    def link(self) -> str | None:
        """The token of the one-time link, until it is used."""
        return self._link

    def users(self) -> Mapping[str, User]:
        """The users as the file has them now. Raises InputError where it is wrong."""
        if self._file is None:
            return {}
        changed = self._file.stat().st_mtime_ns
        if self._users is None or self._users[0] != changed:
            self._users = changed, read_users(self._file)
        return self._users[1]

    def enter(self, token: str) -> str | None:
        """The cookie of a new session for the token of the one-time link; None where it is not, or is used up."""
        with self._lock:
            if self._link is None or not hmac.compare_digest(self._link.encode(), token.encode("utf-8", "replace")):
                return None
            self._link = None
        return self._begin(self._alone, "")

    def sign_in(self, name: str, password: str) -> str | None:
        """The cookie of a new session for a name and password; None where they are wrong. Raises TooManyError."""
        self._require_patience(name)
        user = signed_in(self.users(), name, password)
        if user is None:
            with self._lock:
                self._failures[name].append(self._clock())
            return None
        with self._lock:
            self._failures.pop(name, None)
        return self._begin(user.viewer, user.password)

    def _require_patience(self, name: str) -> None:
        with self._lock:
            if len(self._failures) > MOST_NAMES:
                self._failures.clear()
            failed = self._failures[name]
            while failed and failed[0] < self._clock() - FAILURE_SECONDS:
                failed.popleft()
            if len(failed) >= MOST_FAILURES:
                raise TooManyError

    def _begin(self, viewer: Viewer, password: str) -> str:
        name, now = secrets.token_urlsafe(32), self._clock()
        session = Session(name, viewer, secrets.token_urlsafe(32), now + HOURS * 3600, password)
        with self._lock:
            still_open = {key: one for key, one in self._open.items() if one.ends > now}
            self._open = still_open | {name: session}
        return self._signer.sign(name).decode("ascii")

    def find(self, cookie: str) -> Session | None:
        """The session that a cookie names; None where it is forged, over, or its user is no more what it was."""
        try:
            name = self._signer.unsign(cookie, max_age=int(HOURS * 3600)).decode("ascii")
        except (BadSignature, UnicodeError):
            return None
        session = self._open.get(name)
        if session is None or session.ends <= self._clock():
            return None
        if self.has_users:
            try:
                user = self.users().get(session.viewer.name)
            except (PlannerError, OSError):  # it is being changed, perhaps: nobody is let in meanwhile
                return None
            if user is None or user.password != session.password or user.viewer != session.viewer:
                self.end(session)
                return None
        return session

    def end(self, session: Session) -> None:
        """Sign out."""
        with self._lock:
            self._open.pop(session.name, None)


def is_token(session: Session, token: object) -> bool:
    """Is this the token of the session's forms?"""
    return isinstance(token, str) and hmac.compare_digest(session.token.encode(), token.encode("utf-8", "replace"))
