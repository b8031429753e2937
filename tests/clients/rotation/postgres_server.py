"""A PostgreSQL server of the suite's own: in a temporary folder, on a Unix socket and no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

INSTALL = "apt-get install --yes postgresql"
SUPERUSER, SUPERUSER_PASSWORD = "postgres", "the-superuser-of-a-test"
PORT = 5432
"""Part of the socket's name only."""
START_SECONDS = 120.0
UNPRIVILEGED = ("postgres", "nobody")


class PostgresServer:
    """Started at once, with passwords asked of everybody."""

    def __init__(self) -> None:
        programs = _programs()
        self._pg_ctl = programs / "pg_ctl"
        self._as_user = _as_user()
        # Not pytest's folder: other users may not enter it, and a socket's path must be short.
        self.folder = Path(tempfile.mkdtemp(prefix="secretstack-pg-", dir="/tmp"))
        self._data = self.folder / "data"
        try:
            password = self.folder / "superuser"
            password.write_text(SUPERUSER_PASSWORD)
            if self._as_user:
                shutil.chown(password, _unprivileged())
                shutil.chown(self.folder, _unprivileged())
            self._run(
                programs / "initdb",
                *("--pgdata", self._data, "--username", SUPERUSER, "--pwfile", password),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            )
            options = (
                f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
            )
            self._control("start", "-o", options, "-l", self.folder / "log", "-w")
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def stop(self) -> None:
        """End the server and remove its folder."""
        try:
            self._control("stop", "-m", "immediate", "-w")
        finally:
            shutil.rmtree(self.folder)

    def credentials(self, user: str, password: str) -> dict[str, object]:
        """The secret of a user, as AWS's rotation functions want it."""
        return {
            "engine": "postgres",
            "host": str(self.folder),
            "port": PORT,
            "dbname": "postgres",
            "username": user,
            "password": password,
        }

    def create_user(self, user: str, password: str) -> None:
        """A user who may log in and change their own password."""
        self._with_password("CREATE USER {} WITH PASSWORD {}", user, password)

    def change_password(self, user: str, password: str) -> None:
        """As an administrator does."""
        self._with_password("ALTER USER {} WITH PASSWORD {}", user, password)

    def lets_in(self, user: str, password: str) -> bool:
        """Whether the server takes this password from this user."""
        try:
            with self._connect(user, password) as connection:
                row = connection.execute("SELECT current_user").fetchone()
        except psycopg.OperationalError as error:
            assert "password authentication failed" in str(error), error
            return False
        assert row == (user,)
        return True

    def _with_password(self, statement: LiteralString, user: str, password: str) -> None:
        filled = sql.SQL(statement).format(sql.Identifier(user), sql.Literal(password))
        with self._connect(SUPERUSER, SUPERUSER_PASSWORD) as connection:
            connection.execute(filled)

    def _connect(self, user: str, password: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.folder), port=PORT, dbname="postgres", user=user, password=password
        )

    def _control(self, action: str, *arguments: str | Path) -> None:
        self._run(self._pg_ctl, action, "--pgdata", self._data, *arguments)

    def _run(self, program: Path, *arguments: str | Path) -> None:
        # A server that pg_ctl leaves behind keeps what it inherits: so output goes to a file.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [*self._as_user, program, *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=START_SECONDS,
                check=False,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        log = self.folder / "log"
        if done.returncode != 0:
            pytest.fail(f"{program} {arguments}: {said}{log.read_text() if log.exists() else ''}")


def _programs() -> Path:
    """The folder with the server's programs; Debian does not put them on the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: float(path.parts[-3]), default=None)
    if newest is None:
        pytest.fail(f"this test needs a PostgreSQL server; run: {INSTALL}", pytrace=False)
    return newest.parent


def _as_user() -> list[str]:
    """How to run a program that refuses to run as root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_unprivileged())
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _unprivileged() -> str:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.fail(f"PostgreSQL does not run as root, and none of {UNPRIVILEGED} exists")
