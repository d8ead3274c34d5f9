"""A new encryption key takes the place of an old one, and nothing kept is lost."""

import ast
import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.audit import seals, trail
from accounts.models import User
from config.secrets import reencryption
from config.secrets.columns import SEALED
from config.secrets.reencryption import Encoding, SealedColumn
from core.security import encryption
from tests.factories import an_operator

ROOT = Path(__file__).parents[2]
# What is gone within a day, or never kept.
SHORT_LIVED = {"api/idempotency.py", "connect/hosted/views/drafts.py"}
# They hand the secrets of their room on to what a column names.
ONWARD = {"config/secrets/reencryption.py"}
# What the database asks of a row beyond the form of its columns.
WORDS = {"connect.ExternalAccount": {"kind": "bank_account"}}
# What stands in a column that nobody looks at here.
SOME = {
    models.JSONField: {}, models.BooleanField: False, models.IntegerField: 1,
    models.DateTimeField: timezone.now(), models.BinaryField: b"",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_key(settings: Any) -> Callable[[], None]:
    """Let another key take the place of the one in use when the test says so."""

    def change() -> None:
        settings.RIALTO_OLD_ENCRYPTION_KEYS = [settings.RIALTO_ENCRYPTION_KEY]
        settings.RIALTO_ENCRYPTION_KEY = "another, and the one in use"

    return change


def a_row(column: SealedColumn, secret: str) -> models.Model:
    """Write a row that keeps a secret, with whatever else its table asks for."""
    row = _draft(apps.get_model(column.model))
    value = encryption.encrypt(secret, purpose=column.purpose, row=column.bound_to(row))
    setattr(row, column.column, _as_kept(column, value))
    row.save(force_insert=True)
    return row


def _draft(model: type[models.Model]) -> models.Model:
    values = {field.attname: _some(field) for field in model._meta.fields if _asks(field)}
    return model(**values | WORDS.get(model._meta.label, {}))


def _asks(field: Any) -> bool:
    return not field.null and not field.has_default() and not isinstance(field, models.AutoField)


def _some(field: Any) -> Any:
    if field.related_model is User:
        return an_operator().id
    if field.remote_field:
        parent = _draft(field.related_model)
        if not QuerySet(field.related_model).filter(pk=parent.pk).exists():
            parent.save(force_insert=True)
        return parent.pk
    for kind, value in SOME.items():
        if isinstance(field, kind):
            return value
    return field.choices[0][0] if field.choices else f"{field.name}"[: field.max_length]


def _as_kept(column: SealedColumn, sealed: bytes) -> Any:
    match column.encoding:
        case Encoding.HEX:
            return sealed.hex()
        case Encoding.BASE64:
            return {column.inside[0]: base64.b64encode(sealed).decode(), "other": "kept"}
    return sealed


def secret_of(column: SealedColumn, row: models.Model) -> str:
    """Read the secret of a row as its room does."""
    row.refresh_from_db()
    value = getattr(row, column.column)
    if column.inside:
        assert value["other"] == "kept"
        value = base64.b64decode(value[column.inside[0]])
    if column.encoding is Encoding.HEX:
        value = bytes.fromhex(value)
    return encryption.decrypt(value, purpose=column.purpose, row=column.bound_to(row))


@pytest.mark.parametrize("column", SEALED, ids=lambda each: each.name)
def test_every_secret_is_read_under_the_old_key_and_moves_to_the_new_one(
    column: SealedColumn, other_key: Callable[[], None], settings: Any
) -> None:
    row = a_row(column, "a secret")
    assert reencryption.look(column).in_use == 1

    other_key()
    assert secret_of(column, row) == "a secret"
    assert reencryption.look(column).old == 1
    *_, standing = reencryption.reseal(column)
    settings.RIALTO_OLD_ENCRYPTION_KEYS = []

    assert (standing.resealed, standing.old, standing.unreadable) == (1, 0, [])
    assert secret_of(column, row) == "a secret"
    again = reencryption.look(column)
    assert (again.in_use, again.old, again.unreadable) == (1, 0, [])


def test_what_no_key_reads_is_named_and_left_as_it_is(
    other_key: Callable[[], None], settings: Any
) -> None:
    column = SEALED[1]
    row = a_row(column, "a secret")
    before = bytes(row.secret)  # type: ignore[attr-defined]

    other_key()
    settings.RIALTO_OLD_ENCRYPTION_KEYS = ["a wrong one"]
    *_, standing = reencryption.reseal(column)

    assert standing.unreadable == [row.pk]
    row.refresh_from_db()
    assert bytes(row.secret) == before  # type: ignore[attr-defined]
    with pytest.raises(InvalidTag):
        secret_of(column, row)


def test_a_secret_that_changes_meanwhile_keeps_its_change(
    other_key: Callable[[], None],
) -> None:
    column = SEALED[1]
    row = a_row(column, "a secret")
    other_key()

    def change(found: models.Model) -> str:
        """Roll the secret once it was read, and before it is written."""
        changed = encryption.encrypt("a newer one", purpose=column.purpose, row=found.pk)
        QuerySet(type(found)).update(secret=changed)
        return str(found.pk)

    *_, standing = reencryption.reseal(replace(column, bound_to=change))

    assert (standing.resealed, standing.old) == (0, 1)
    assert secret_of(column, row) == "a newer one"


@pytest.mark.django_db(transaction=True)
def test_seals_of_the_trail_hold_under_a_new_key_as_long_as_their_own_is_known(
    other_key: Callable[[], None], settings: Any
) -> None:
    with transaction.atomic():
        trail.record("audit.exported", changes={})
    seals.seal_all(at=timezone.now())
    assert list(seals.verify()) == []

    other_key()
    assert list(seals.verify()) == []
    (kept,) = seals.old_public_keys()
    settings.RIALTO_OLD_ENCRYPTION_KEYS = []
    assert {one.detail for one in seals.verify()} == {
        "It is signed with a key that is not this installation's."
    }
    settings.RIALTO_OLD_SEAL_KEYS = [kept.hex()]

    assert list(seals.verify()) == []


def test_every_module_that_encrypts_names_its_column() -> None:
    named = {each.purpose for each in SEALED}
    encrypting = {}
    for file in ROOT.glob("[!.]*/**/*.py"):
        name = str(file.relative_to(ROOT))
        if name.startswith(("tests/", "build/")) or name in SHORT_LIVED | ONWARD:
            continue
        tree = ast.parse(file.read_text())
        imported = {
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        if "core.security.encryption" in imported:
            encrypting[name] = {
                node.value.value
                for node in ast.walk(tree)
                if isinstance(node, ast.AnnAssign)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            }

    assert len(encrypting) >= 9
    assert {name for name, texts in encrypting.items() if not texts & named} == set()
