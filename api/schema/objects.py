"""What an answer looks like: the annotations of the official package → JSON Schema.

What is not `Optional` is always there and never null, a `Literal` is the list of words, and an
object that an id can be expanded into is told only if Rialto has it.
"""

import inspect
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Literal, TypeGuard, cast

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from stripe import ListObject, SearchResultObject, StripeObject
from stripe.v2 import ListObject as V2ListObject

from api.schema.sdk import Names
from core.types import JsonObject

Schema = JsonObject

_PLAIN: Final[dict[object, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


_DELIVERY_SETTINGS: Final[Schema] = {
    "type": "object",
    "description": "The order and the pace in which events are sent.",
    "properties": {
        "max_per_second": {
            "type": ["integer", "null"],
            "description": "Deliveries in a second; null for as many as it takes.",
        },
        "order": {
            "type": "string",
            "enum": ["any", "object"],
            "description": "`object` for each object's events one after another.",
        },
    },
    "required": ["max_per_second", "order"],
}
# What our objects have and the official package does not know, by the wire's word.
OWN_FIELDS: Final[dict[str, dict[str, Schema]]] = {
    "charge": {
        "processor_details": {
            "type": "object",
            "description": "Where the payment was taken. What a seller got by a transfer has none.",
            "properties": {
                "account": {
                    "type": "string",
                    "description": "The name of the account at a processor.",
                },
                "reference": {
                    "type": ["string", "null"],
                    "description": "The processor's own id; null until it has answered.",
                },
            },
            "required": ["account", "reference"],
        }
    },
    "v2.core.event_destination": {"delivery_settings": _DELIVERY_SETTINGS},
    "webhook_endpoint": {"delivery_settings": _DELIVERY_SETTINGS},
}


class Objects:
    """Describes classes as components, each once.

    Args:
        registry: Where the components go.
        is_ours: The function that tells whether Rialto has objects of a class.
    """

    def __init__(self, registry: ComponentRegistry, is_ours: Callable[[type], bool]) -> None:
        self.registry = registry
        self.is_ours = is_ours
        self._open: set[str] = set()

    def schema(self, hint: object) -> Schema:
        """Describe an annotation."""
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._union(args)
        if origin is Literal:
            return {"type": "string", "enum": list(args)} if _words(args) else {"enum": list(args)}
        if origin is list:
            return {"type": "array", "items": self.schema(args[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.schema(args[1])}
        if typing.is_typeddict(hint):
            return self._reference(cast(type, hint))
        cls = origin or hint
        if inspect.isclass(cls) and issubclass(cls, StripeObject):
            return self._class(cls, args)
        return dict(_PLAIN.get(hint, {}))

    def _class(self, cls: type[StripeObject], args: tuple[object, ...]) -> Schema:
        if issubclass(cls, ListObject):
            return self.page("list", self.schema(args[0]) if args else {"type": "object"})
        if issubclass(cls, V2ListObject):
            return _second_page(self.schema(args[0]))
        if issubclass(cls, SearchResultObject):
            return self.page("search_result", self.schema(args[0]))
        if args or not fields_of(cast(type, cls)):
            each = self.schema(args[-1] if args else Any)
            return {"type": "object", "additionalProperties": each}
        if _is_of_the_wire(cls) and not self.is_ours(cls):
            return {"type": "object"}
        return self._reference(cls)

    def keep(self, name: str, schema: Schema) -> Schema:
        """Make a component of a schema, and return the reference to it."""
        component = _component(name, schema, name)
        self.registry.register_on_missing(component)
        return dict(component.ref)

    def page(self, kind: str, item: Schema) -> Schema:
        """Describe a page of a list or of what a search found."""
        properties = {
            "object": {"type": "string", "const": kind},
            "data": {"type": "array", "items": item},
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
        }
        if kind == "search_result":
            properties["next_page"] = {"type": ["string", "null"]}
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _union(self, options: tuple[object, ...]) -> Schema:
        if str in options and any(_is_of_the_wire(option) for option in options):
            return self._expandable(options)
        if any(typing.get_origin(option) is Literal for option in options):
            # Words and then any text mean the words.
            options = tuple(option for option in options if option is not str)
        schemas = [self.schema(option) for option in options]
        if len(schemas) == 2 and {"type": "null"} in schemas:
            return _or_null(next(schema for schema in schemas if schema != {"type": "null"}))
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _expandable(self, options: tuple[object, ...]) -> Schema:
        """Describe an id that can be expanded, naming the object without opening it.

        Objects refer to one another in circles: a viewer that follows every reference runs out
        of memory.
        """
        null = ["null"] if type(None) in options else []
        names = [kind_of(cls) for cls in options if _is_of_the_wire(cls) and self.is_ours(cls)]
        if not names:
            return {"type": ["string", *null]} if null else {"type": "string"}
        description = f"An id; with `expand`, the {' or '.join(map(str, names))}."
        return {
            "type": ["string", "object", *null],
            "description": description,
            "x-expandable": names,
        }

    def _reference(self, cls: type) -> Schema:
        name = _name(cls)
        if name in self._open:
            # Inside itself: an intent's last error holds the intent.
            return {"type": "object", "description": f"A {name}."}
        component = _component(name, {}, cls)
        if component not in self.registry:
            self._open.add(name)
            component.schema = self._fields(cls)
            self._open.remove(name)
            self.registry.register(component)
        return dict(component.ref)

    def _fields(self, cls: type) -> Schema:
        hints = typing.get_type_hints(cls) if typing.is_typeddict(cls) else fields_of(cls)
        required = [
            name
            for name, hint in hints.items()
            if hint is not Any and type(None) not in typing.get_args(hint)
        ]
        properties = {name: self.schema(hint) for name, hint in hints.items()}
        properties |= OWN_FIELDS.get(kind_of(cls) or "", {})
        schema: Schema = {"type": "object", "properties": properties}
        return schema | ({"required": required} if required else {})


@cache
def fields_of(cls: type) -> JsonObject:
    """Return the fields on the wire of a class of the package, with their annotations."""
    found: JsonObject = {}
    for base in reversed(cls.__mro__):
        is_above = base is StripeObject or base.__name__.endswith("APIResource")
        if issubclass(base, StripeObject) and not is_above:
            found |= _own_fields(base)
    return found


def _own_fields(cls: type) -> JsonObject:
    own = vars(cls).get("__annotations__", {})
    classes = {name: value for name, value in vars(cls).items() if inspect.isclass(value)}
    hints = typing.get_type_hints(
        types.SimpleNamespace(__annotations__=dict(own)),
        vars(inspect.getmodule(cls)),
        Names(inspect.getmodule(cls), classes),
    )
    renamed = getattr(cls, "_field_remappings", {})
    return {
        renamed.get(name, name): hint
        for name, hint in hints.items()
        if typing.get_origin(hint) is not typing.ClassVar and not name.startswith("_")
    }


def _name(cls: type) -> str:
    """Return what a class is called in the document: both dialects have events."""
    before = "V2" if cls.__module__.startswith("stripe.v2.") else ""
    return before + cls.__qualname__.replace(".", "")


def _second_page(item: Schema) -> Schema:
    """Describe a page of a list of the second dialect, which names those around it."""
    address: Schema = {"type": ["string", "null"]}
    properties = {
        "data": {"type": "array", "items": item},
        "next_page_url": address,
        "previous_page_url": address,
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def kind_of(cls: object) -> str | None:
    """Return the wire's word for a class's objects."""
    name = vars(cls).get("OBJECT_NAME") if inspect.isclass(cls) else None
    return name if isinstance(name, str) else None


def _component(name: str, schema: Schema, of: object) -> ResolvedComponent:
    return ResolvedComponent(  # type: ignore[no-untyped-call]  # it has no types
        name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=of
    )


def _is_of_the_wire(cls: object) -> TypeGuard[type[StripeObject]]:
    return kind_of(cls) is not None


def _or_null(schema: Schema) -> Schema:
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _words(args: tuple[object, ...]) -> bool:
    return all(isinstance(arg, str) for arg in args)
