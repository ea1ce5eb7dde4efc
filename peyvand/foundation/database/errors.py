"""What can go wrong with the database, each as one sentence that says what to do.

Sentences are put into words only when they are shown: a cluster is looked for before Django is set up.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DatabaseUnavailableError(Exception):
    """No database can be had. The text is for people; `exit_code` for programs."""

    exit_code = 4

    def __init__(self, sentence: str | Promise, **values: object) -> None:
        super().__init__(sentence, values)
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        return str(self.sentence) % self.values if self.values else str(self.sentence)


class NoBinariesError(DatabaseUnavailableError):
    """No PostgreSQL server program of a supported version is on this machine."""

    def __init__(self, version: int | None = None, *, supported: bool = True) -> None:
        if not supported:
            super().__init__(
                _(
                    "The data folder was made by PostgreSQL %(version)s; Peyvand works with 15 to 18. "
                    "Restore a backup into a new data folder."
                ),
                version=version,
            )
        elif version is None:
            super().__init__(
                _(
                    "PostgreSQL is not on this machine. Install the package “postgresql”, "
                    "or name a server in DATABASE_URL."
                )
            )
        else:
            super().__init__(
                _(
                    "The data folder was made by PostgreSQL %(version)s, whose programs are not on this machine. "
                    "Install that version, or restore a backup into a new data folder."
                ),
                version=version,
            )


class FolderError(DatabaseUnavailableError):
    """The data folder can't be used."""

    exit_code = 5


class WrongPasswordError(DatabaseUnavailableError):
    """The server refuses the name or the password of DATABASE_URL."""

    exit_code = 6


class StartError(DatabaseUnavailableError):
    """Our own cluster did not start; the log says why."""
