"""Looking into a backup that was put back elsewhere: is it whole, and of these books?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import environ
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection
from django.utils import timezone

from config.web.health import missing_migrations
from console.live import drills
from console.models import Drill
from ledger.audit import seals, verify
from processors.accounts import readiness
from webhooks import queries as webhooks
from webhooks.services import signing_secrets

_ADDRESS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
_MOST_ENDPOINTS = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a copy.

    Args:
        is_good: True if it could take the place of the database in use.
        words: What was found, in sentences.
    """

    is_good: bool
    words: str


def name_of(url: str) -> str:
    """Return what a database is called, without what opens it."""
    address = environ.Env.db_url_config(url)
    return f"{address.get('HOST') or 'this machine'}/{address['NAME']}"


def look(url: str, drill: Drill) -> Looked:
    """Look into a copy of the database in use.

    Args:
        url: The copy's, for the role of the application.
        drill: The drill, as it was begun: a copy that has it is no copy.
    """
    here = list(seals.heads(after=None))
    try:
        with _instead(url):
            if problem := _problem(drill):
                return Looked(is_good=False, words=problem)
            there = list(seals.heads(after=None))
            findings = verify.verify()
    except DatabaseError as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return Looked(is_good=False, words=f"It cannot be read: {lines[0]}")
    if here and not there:
        return Looked(is_good=False, words="It is older than the first seal of these books.")
    if there and seals.number_of(there[0][1]) is None:
        words = f"It is no copy of these books: its seal {there[0][0]} is unknown here."
        return Looked(is_good=False, words=words)
    if findings:
        first = f"{findings[0].check} of {findings[0].id} ({findings[0].detail})"
        words = f"Its books do not balance: {len(findings)} findings, the first is {first}."
        return Looked(is_good=False, words=words)
    age = f" Its last seal is {there[0][0]} of {here[0][0]}." if there else ""
    words = f"The books of {name_of(url)} balance, and its secrets can be read.{age}"
    return Looked(is_good=True, words=words)


def _problem(drill: Drill) -> str:
    """Return what keeps the copy from being looked into further; empty if nothing does."""
    if missing := missing_migrations():
        return (
            f"It is of another release ({missing[0]} is missing): run `rialto migrate` with its "
            "addresses."
        )
    if drills.exists(drill.id):
        return "That is the database in use, and no copy of it."
    try:
        readiness.open_all()
        for endpoint in webhooks.all_endpoints()[:_MOST_ENDPOINTS]:
            signing_secrets.in_use(endpoint, at=timezone.now())
    except InvalidTag:
        return "Its secrets cannot be read: RIALTO_ENCRYPTION_KEY is not the one that it had."
    return ""


@contextmanager
def _instead(url: str) -> Iterator[None]:
    """Let the connection of this process lead to another database for a while."""
    address = environ.Env.db_url_config(url)
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update({key: address.get(key, "") for key in _ADDRESS})
    connection.settings_dict["OPTIONS"] = before["OPTIONS"] | address.get("OPTIONS", {})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
