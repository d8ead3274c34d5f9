"""What the wire shows of which rows, and which of their changes no event tells.

Every change of a row is noted by a trigger, with its transaction; an event of the same transaction
about the row, or about what the row is a part of, tells it.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Model

from connect import states as connect
from core.state_machine import Machine
from payments import states as payments
from tests.webhooks.steps import as_owner
from tests.webhooks.told import Later, told_by

# Rows whose status moves as a machine says.
_MACHINES: Final[dict[str, Machine[Any]]] = {
    "Capability": connect.CAPABILITY,
    "Charge": payments.CHARGE,
    "Dispute": payments.DISPUTE,
    "Mandate": payments.MANDATE,
    "PaymentIntent": payments.INTENT,
    "Payout": connect.PAYOUT,
    "Person": connect.CHECK,
    "Refund": payments.REFUND,
    "SetupAttempt": payments.SETUP_ATTEMPT,
    "SetupIntent": payments.SETUP,
    "UnappliedPayment": payments.UNAPPLIED,
}
_ROOMS = ("payments", "connect", "checkout")
_NOTE = """
    CREATE TABLE noted (xid bigint, name text, row jsonb, before jsonb);
    GRANT INSERT, SELECT ON noted TO PUBLIC;
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO noted VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME,
            to_jsonb(NEW), to_jsonb(OLD));
        RETURN NULL;
    END $$;
"""
_EVENTS = """
    SELECT n.name, n.row, n.before, array_agg(e.type) FILTER (WHERE e.id IS NOT NULL)
    FROM noted n LEFT JOIN webhooks_event e ON e.xid = n.xid
        AND e.object_id IN (SELECT value FROM jsonb_each_text(n.row))
    WHERE n.row <> n.before GROUP BY n.xid, 1, 2, 3
"""

_NO_TYPE: Final = "The wire has no type for what its merchant changes."
# What changes and is not told, by model and column (or all of them), and why.
EXCEPTIONS: Final[dict[str, dict[str, str]]] = {
    "ApiKey": {"*": "A key is nobody's to hear of."},
    "Charge": {
        "amount_refunded": "Set aside: the refund's events tell; charge.refunded once it is gone.",
        "is_disputed": "charge.dispute.created tells, of the dispute.",
    },
    "CheckoutSession": {"*": f"{_NO_TYPE} The page asks for it, and its end is told."},
    "CheckoutSessionLine": {"*": _NO_TYPE},
    "CustomerBalanceTransaction": {"*": _NO_TYPE},
    "PaymentIntent": {"*": f"{_NO_TYPE} Its moves are told."},
    "PaymentLink": {"completed_count": "It is shown of links with a limit, and told of these."},
    "PaymentMethod": {
        "used_at": "It is shown of a token, of which the wire tells nothing.",
        "verification": "customer.source.updated tells, of its older id `ba_…`.",
    },
    "PaymentMethodConfiguration": {"*": _NO_TYPE},
    "PaymentMethodDomain": {"*": _NO_TYPE},
    "SetupAttempt": {"*": "Its setup intent tells what became of it."},
    "SetupIntent": {"*": f"{_NO_TYPE} Its moves are told."},
    "ShippingRate": {"*": _NO_TYPE},
    "TaxId": {"value": "It is deleted; the wire tells of customers' ones alone."},
    "Token": {"*": _NO_TYPE},
    "TransferReversal": {"metadata": _NO_TYPE},
}


class Change(NamedTuple):
    """A row that has changed, and the types of the events that tell of it."""

    model: type[Model]
    row: dict[str, Any]
    before: dict[str, Any]
    told_by: frozenset[str]

    @property
    def columns(self) -> set[str]:
        return {name for name, value in self.row.items() if value != self.before.get(name)}


@cache
def shown() -> dict[type[Model], set[str]]:
    """Return the columns of each model that rendering it reads."""
    found: dict[type[Model], set[str]] = {}
    models = {model.__name__: model for model in apps.get_models()}
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            for argument in node.args.args:
                model = models.get(ast.unparse(argument.annotation or ast.Constant("")))
                if model is not None:
                    names = _read_of(argument.arg, node)
                    found.setdefault(model, set()).update(_columns(model, names, set()))
    return found


def watch() -> None:
    """Note from now on what changes of the rows that the wire shows."""
    as_owner(_NOTE)
    for model in shown():
        table = model._meta.db_table
        as_owner(
            f"CREATE TRIGGER note AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note()"
        )


def changes() -> list[Change]:
    """Return what has changed since."""
    models = {model._meta.db_table: model for model in shown()}
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS)
        return [
            Change(models[name], _json(row), _json(before), frozenset(types or ()))
            for name, row, before, types in cursor.fetchall()
        ]


def untold(changes: Iterable[Change]) -> dict[str, set[str]]:
    """Return what the wire shows that has changed and no event told: model → columns."""
    found: dict[str, set[str]] = {}
    for change in changes:
        reasons = EXCEPTIONS.get(change.model.__name__, {})
        columns = (change.columns & shown()[change.model]) - reasons.keys()
        if columns and not change.told_by and "*" not in reasons:
            found.setdefault(change.model.__name__, set()).update(columns)
    return found


def move_of(change: Change) -> tuple[Machine[Any], Any, Any] | None:
    """Return the machine of a row's status, and its move, if it has moved."""
    machine = _MACHINES.get(change.model.__name__)
    if machine is None or "status" not in change.columns:
        return None
    status = type(next(iter(machine.moves)))
    return machine, status(change.before["status"]), status(change.row["status"])


def is_told(change: Change, machine: Machine[Any], old: Any, new: Any) -> bool:
    """Return whether one of the types that should tell of a move does, or none has to."""
    types = told_by(machine, old, new)
    if isinstance(types, str | Later) or change.row.get("is_internal"):
        return True
    return bool(set(types or ()) & change.told_by)


def _json(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else orjson.loads(value)


def _files() -> Iterator[Path]:
    for room in _ROOMS:
        for path in Path(room).rglob("*.py"):
            if path.stem.endswith("resources") or path.parent.name == "resources":
                yield path


def _read_of(name: str, node: ast.AST) -> set[str]:
    return {
        one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == name
    }


def _columns(model: type[Model], names: set[str], seen: set[str]) -> set[str]:
    """Return the columns behind names: fields, and what properties of the model read of it."""
    found = set()
    for name in names - seen:
        seen.add(name)
        try:
            field = model._meta.get_field(name)
            found.add(getattr(field, "attname", ""))
        except FieldDoesNotExist:
            attribute = inspect.getattr_static(model, name, None)
            reads = getattr(attribute, "fget", attribute)
            if inspect.isfunction(reads):
                tree = ast.parse(textwrap.dedent(inspect.getsource(reads)))
                found |= _columns(model, _read_of("self", tree), seen)
            elif any(f.attname == name for f in model._meta.concrete_fields):
                found.add(name)
    return found - {""}
