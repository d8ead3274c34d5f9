import json
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model
from django.utils.crypto import salted_hmac

from core.security.card_numbers import masked, masked_file, masked_in

# Only rows with enough digits near each other are read.
_MAYBE = r"[0-9]{3}.{0,2}[0-9]{3}.{0,2}[0-9]{3}"


def mask(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Mask the numbers of cards in what processors and banks have told."""
    notices = apps.get_model("processors", "InboundNotice").objects
    for row in notices.filter(body__regex=_MAYBE).iterator(500):
        _change(row, body=_body(row.body), problem=masked(row.problem))
    files = apps.get_model("processors", "BankFile").objects.exclude(kind="payments")
    for row in files.iterator(10):
        _change(
            row, content=masked_file(bytes(row.content)), name=masked(row.name),
            said=masked(row.said),
        )  # fmt: skip
    for row in apps.get_model("processors", "BankLine").objects.iterator(500):
        texts = ("end_to_end_id", "counterparty", "text", "reason_words")
        _change(
            row, key=_key(row.key), **{name: masked(getattr(row, name)) for name in texts}
        )  # fmt: skip


def _body(text: str) -> str:
    try:
        said = json.loads(text)
        without = masked_in(said)
    except (ValueError, RecursionError):
        return masked(text)
    return text if without == said else json.dumps(without)


def _key(key: str) -> str:
    shown = masked(key)
    if shown == key:
        return key
    made = salted_hmac("processors.bank_line", key, algorithm="sha256").hexdigest()
    return f"{shown} {made[:16]}"


def _change(row: Model, **columns: Any) -> None:
    changed = [
        name
        for name, value in columns.items()
        if value != (bytes(was) if isinstance(was := getattr(row, name), memoryview) else was)
    ]
    if changed:
        for name in changed:
            setattr(row, name, columns[name])
        row.save(update_fields=changed)


class Migration(migrations.Migration):
    dependencies = [
        ("processors", "0012_decisions_are_final"),
    ]

    operations = [
        migrations.RunPython(mask, migrations.RunPython.noop),
    ]
