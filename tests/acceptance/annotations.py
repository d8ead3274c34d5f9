"""The typed classes of the official package, read as a schema.

A field whose annotation is not `Optional` is present and never null. An `Optional` field is
null or left out, and `absences` knows which. A `Literal` lists the words that are allowed. What
the class does not have is extra.
"""

import importlib
import inspect
import pkgutil
import sys
import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import stripe
from stripe import ListObject, StripeObject
from stripe.events._event_classes import get_v2_event_class
from stripe.v2.core import EventDestination

from tests.acceptance import absences

# What the package calls text and the protocol leaves null.
NULL_ALL_THE_SAME = {("SearchResultObject", "next_page")}
# What the protocol has and the package does not name.
NOT_EXTRA = {
    ("SearchResultObject", "object"),
    ("SearchResultObject", "url"),
    # Ours: it has no processors.
    ("Charge", "processor_details"),
    # Ours: the order and the pace of deliveries.
    ("WebhookEndpoint", "delivery_settings"),
    ("EventDestination", "delivery_settings"),
}


# The packages inside the package whose objects Rialto has.
FAMILIES = ("checkout", "radar")


def faults(wire: Any, cls: type, where: str = "") -> list[str]:
    """Say everything in which a rendered object breaks the class of the package."""
    where = where or cls.__name__
    if not isinstance(wire, dict):
        return [f"{where}: {wire!r} is no {cls.__name__}"]
    found: list[str] = []
    hints = fields_of(cls)
    for name, hint in hints.items():
        if name not in wire:
            if not absences.may_leave_out(cls, name):
                found.append(f"{where}.{name} is missing")
            continue
        if wire[name] is None and (cls.__name__, name) in NULL_ALL_THE_SAME:
            continue
        if wire[name] is None and not absences.may_be_null(cls, name):
            found.append(f"{where}.{name} is null and may only be left out")
        found += of_value(wire[name], hint, f"{where}.{name}")
    extra = [name for name in wire if name not in hints and (cls.__name__, name) not in NOT_EXTRA]
    found += [f"{where}.{name} is not in the package" for name in extra]
    return found


def class_of(wire: dict[str, Any]) -> type:
    """Return the package's class for an object, by its `object`, and of a thin event its type."""
    if wire["object"] == "v2.core.event":
        return get_v2_event_class(wire["type"])
    return _by_name()[wire["object"]]


@cache
def fields_of(cls: type) -> dict[str, Any]:
    """Return the wire's fields of a class with their annotations, resolved."""
    merged: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if not issubclass(base, StripeObject) or base is StripeObject:
            continue
        if base.__name__.endswith("APIResource") or base.__name__ == "APIResource":
            continue
        for name, text in vars(base).get("__annotations__", {}).items():
            hint = _resolved(text, base, cls)
            if name.startswith("_") or typing.get_origin(hint) is typing.ClassVar:
                continue
            merged[getattr(base, "_field_remappings", {}).get(name, name)] = hint
    merged.pop("OBJECT_NAME", None)
    return merged


def _resolved(text: Any, base: type, cls: type) -> Any:
    if not isinstance(text, str):
        return text
    names = dict(vars(typing)) | vars(stripe) | vars(sys.modules[base.__module__])
    names |= {name: inner for owner in (base, cls) for name, inner in vars(owner).items()}
    for _ in range(20):
        try:
            return eval(text, names)
        except NameError as unknown:
            names[unknown.name] = _find_class(str(unknown.name))
    raise AssertionError(text)


@cache
def _find_class(name: str) -> Any:
    """Find a class that a module only imports for type checkers."""
    for module in _modules():
        if inspect.isclass(found := getattr(module, name, None)):
            return found
    return Any


@cache
def _modules() -> tuple[types.ModuleType, ...]:
    packages = [stripe, *(importlib.import_module(f"stripe.{name}") for name in FAMILIES)]
    return tuple(
        importlib.import_module(f"{package.__name__}.{found.name}")
        for package in packages
        for found in pkgutil.iter_modules(package.__path__)
        if found.name.startswith("_")
    )


@cache
def _by_name() -> dict[str, type]:
    found: dict[str, type] = {"v2.core.event_destination": EventDestination}
    for module in _modules():
        for cls in vars(module).values():
            if inspect.isclass(cls) and issubclass(cls, StripeObject):
                if isinstance(name := vars(cls).get("OBJECT_NAME"), str):
                    found[name] = cls
    return found


def of_value(value: Any, hint: Any, where: str) -> list[str]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return []
    if isinstance(hint, str | typing.ForwardRef):
        return of_value(value, _find_class(getattr(hint, "__forward_arg__", hint)), where)
    if origin is typing.Union:
        return _of_union(value, args, where)
    if origin is typing.Literal:
        return [] if value in args else [f"{where}: {value!r} is not one of {args}"]
    if origin is list:
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list"]
        return [f for i, v in enumerate(value) for f in of_value(v, args[0], f"{where}[{i}]")]
    return _of_class(value, origin or hint, where, args)


def _of_class(value: Any, cls: Any, where: str, args: tuple[Any, ...] = ()) -> list[str]:
    if not (inspect.isclass(cls) and issubclass(cls, StripeObject)):
        return _of_plain(value, cls, where)
    if issubclass(cls, ListObject):
        return _of_list(value, where)
    if args or cls.__name__ == "UntypedStripeObject":
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no hash"]
        of_each = args[-1] if args else Any
        return [f for key, v in value.items() for f in of_value(v, of_each, f"{where}[{key}]")]
    return faults(value, cls, where)


def _of_union(value: Any, options: tuple[Any, ...], where: str) -> list[str]:
    if value is None:
        return [] if type(None) in options else [f"{where} is null"]
    # Where the package lists words and then any text, the words are meant.
    options = tuple(o for o in options if o is not type(None))
    literals = [o for o in options if typing.get_origin(o) is typing.Literal]
    if literals and isinstance(value, str):
        return of_value(value, literals[0], where)
    tried = [of_value(value, option, where) for option in options]
    return min(tried, key=len)


def _of_list(value: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no list object"]
    found = [f"{where}.{n} is missing" for n in ("object", "data", "has_more") if n not in value]
    for i, item in enumerate(value.get("data", [])):
        found += faults(item, class_of(item), f"{where}.data[{i}]")
    return found


def _of_plain(value: Any, cls: Any, where: str) -> list[str]:
    fits = {
        int: lambda: type(value) is int,
        float: lambda: type(value) in (int, float),
        bool: lambda: type(value) is bool,
        str: lambda: isinstance(value, str),
    }.get(cls)
    if fits is None or fits():
        return []
    return [f"{where}: {value!r} is no {cls.__name__}"]


def every_object(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the objects of an answer: itself, or what it lists."""
    if answer.get("object") == "list" or "next_page_url" in answer:
        yield from answer["data"]
    else:
        yield answer


# Fields that the description leaves out until they are expanded.
_LEFT_OUT: Final = {
    "charge": ("refunds",),
    "customer": (
        "cash_balance", "invoice_credit_balance", "sources", "subscriptions", "tax", "tax_ids",
    ),
}  # fmt: skip


def expandable(wire: dict[str, Any]) -> list[str]:
    """Name the fields of an object that the description expands, whether it has them or not."""
    named = [name for name, hint in fields_of(class_of(wire)).items() if _is_expandable(hint)]
    return [*named, *_LEFT_OUT.get(wire["object"], ())]


def _is_expandable(hint: Any) -> bool:
    options = typing.get_args(hint) if typing.get_origin(hint) is typing.Union else ()
    kinds = [_class_behind(option) for option in options]
    if str in options and any(getattr(kind, "OBJECT_NAME", None) for kind in kinds):
        return True
    return any(_is_expandable(option) for option in options)


def _class_behind(option: Any) -> Any:
    if isinstance(option, str | typing.ForwardRef):
        return _find_class(getattr(option, "__forward_arg__", option))
    return option
