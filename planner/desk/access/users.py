"""The file of users: names, roles, and passwords as scrypt left them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from planner.errors import Fault, InputError
from planner.records.declaration import Declaration, Text, declared, read_table

COST, BLOCK, PARALLEL = 2**14, 8, 1  # scrypt: 16 MiB and some hundredths of a second for each try
SALT_BYTES, HASH_BYTES = 16, 32
LEAST_PASSWORD = 12  # characters
_FORM = r"^scrypt\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$"  # so many bytes in base 64


class Role(IntEnum):
    """What somebody may do; each may do what those before it may."""

    reader = 1
    planner = 2
    approver = 3


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `nation`: the one whose extract they see; None: everything."""

    name: str
    title: str
    role: Role
    nation: str | None = None

    def may(self, role: Role) -> bool:
        """Is this role, or one before it, theirs?"""
        return self.role >= role


def _role(found: str) -> str:
    if found not in Role.__members__:
        raise ValueError("expected reader, planner or approver")
    return found


class User(Declaration):
    """One who may come in."""

    name: Text = Field(description="What they sign in with.")
    title: str = Field("", description="What they are called on pages and in approvals; blank: the name.")
    role: Annotated[
        str, AfterValidator(_role), WithJsonSchema({"type": "string", "expected": "reader, planner or approver"})
    ] = Field(description="reader, planner or approver.")
    nation: str = Field("", description="Whose extract they see; blank: everything. Only a reader may have one.")
    password: Annotated[
        str,
        Field(pattern=_FORM),
        WithJsonSchema({"type": "string", "expected": "what `planner desk --password` prints"}),
    ] = Field(description="As `planner desk --password` prints it.")

    @property
    def viewer(self) -> Viewer:
        """The user as one who looks."""
        return Viewer(self.name, self.title or self.name, Role[self.role], self.nation or None)


class UsersFile(Declaration):
    """The TOML file of users."""

    users: Annotated[tuple[User, ...], Field(min_length=1, strict=False)] = Field(description="All who may come in.")


def read_users(path: Path) -> Mapping[str, User]:
    """The users of a file, by name. Raises InputError, which lists every fault by key."""
    file = declared(read_table(path, "file of users"), path, UsersFile, "file of users")
    faults, users = [], dict[str, User]()
    for index, user in enumerate(file.users):
        where = f"{path.name}: users[{index}]"
        if user.name in users:
            faults.append(Fault(f"{where}.name", f"{user.name!r} occurs twice; expected a different name for each"))
        if user.nation and user.role != Role.reader.name:
            faults.append(Fault(f"{where}.role", f"found {user.role!r} with a nation; expected reader"))
        users[user.name] = user
    if faults:
        raise InputError(faults)
    return users


def hashed(password: str) -> str:
    """A password as it stands in the file of users. Raises ValueError for one that is too short."""
    if len(password) < LEAST_PASSWORD:
        raise ValueError(f"expected a password of at least {LEAST_PASSWORD} characters")
    salt = os.urandom(SALT_BYTES)
    return f"scrypt${_text(salt)}${_text(_hash(password, salt))}"


def is_password(password: str, stored_hash: str) -> bool:
    """Is this the password that was hashed? Takes as long for a wrong one."""
    _, salt, expected = stored_hash.split("$")
    return hmac.compare_digest(_hash(password, base64.b64decode(salt)), base64.b64decode(expected))


_NOBODY = f"scrypt${base64.b64encode(bytes(SALT_BYTES)).decode()}${base64.b64encode(bytes(HASH_BYTES)).decode()}"


def signed_in(users: Mapping[str, User], name: str, password: str) -> User | None:
    """The user of that name and password; None, after the same time, where there is none."""
    user = users.get(name)
    right = is_password(password, user.password if user else _NOBODY)
    return user if user and right else None


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8"), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=2**26, dklen=HASH_BYTES
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
