"""What a request may say: our declarations of parameters → JSON Schema.

A kind of parameter that is not in the list is described as the kind it derives from.
"""

from collections.abc import Mapping
from functools import singledispatch
from typing import Final

from api.answers import expand
from api.wire import decode, figures, params, switches
from api.wire.params import Param
from core import currencies
from core.types import JsonObject

Schema = JsonObject

_UNIX: Final[Schema] = {"type": "integer", "format": "unix-time"}
# Without NUL, which no text in the database can hold.
_NO_NUL: Final = r"^[^\u0000]*$"

CURRENCY: Final[Schema] = {
    "type": "string",
    "enum": sorted(currencies.CODES),
    "description": "A currency of ISO 4217.",
}
EXPAND: Final[Schema] = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": 200},
    "maxItems": expand.MAX_PATHS,
    "description": "Which ids to replace by their objects, such as `customer`.",
}


def describe(param: Param) -> Schema:
    """Describe a parameter, and whether an empty text unsets it."""
    schema = schema_of(param)
    if isinstance(param.default, bool | int | str):
        schema["default"] = param.default
    if param.nullable and schema:
        schema = {"anyOf": [schema, {"type": "string", "const": ""}, {"type": "null"}]}
    return schema


def table(fields: Mapping[str, Param]) -> Schema:
    """Describe a table of parameters: what it does not name is refused."""
    schema: Schema = {
        "type": "object",
        "properties": {name: describe(param) for name, param in fields.items()},
        "additionalProperties": False,
    }
    if required := [name for name, param in fields.items() if param.required]:
        schema["required"] = required
    return schema


@singledispatch
def schema_of(param: Param) -> Schema:
    """Describe a kind of parameter, without what is true of all kinds."""
    return {}


@schema_of.register
def _(param: params.Text) -> Schema:
    # What is empty unsets, so that it is never a value.
    return {"type": "string", "minLength": 1, "maxLength": param.most, "pattern": _NO_NUL}


@schema_of.register
def _(param: params.Choice) -> Schema:
    return {"type": "string", "enum": list(param.words)}


@schema_of.register
def _(param: params.Currency) -> Schema:
    return {"$ref": "#/components/schemas/Currency"}


@schema_of.register
def _(param: params.Integer) -> Schema:
    number = {"type": "integer", "minimum": param.least, "maximum": param.most}
    return {"anyOf": [number, {"type": "string", "const": param.word}]} if param.word else number


@schema_of.register
def _(param: params.Amount) -> Schema:
    bounds = {"minimum": param.least, "maximum": param.most}
    return {"type": "integer", **bounds, "description": "In minor units of the currency."}


@schema_of.register
def _(param: params.Moment) -> Schema:
    return {**_UNIX, "minimum": param.least, "maximum": param.most}


@schema_of.register
def _(param: params.Boolean) -> Schema:
    word: Schema = {"type": "string", "enum": list(param.yes)}
    return {"anyOf": [{"type": "boolean"}, word]} if param.yes else {"type": "boolean"}


@schema_of.register
def _(param: params.Range) -> Schema:
    bounds = {name: schema_of(params.Moment()) for name in ("gt", "gte", "lt", "lte")}
    between = {"type": "object", "properties": bounds, "additionalProperties": False}
    return {"anyOf": [between, schema_of(params.Moment())]}


@schema_of.register
def _(param: params.Metadata) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"minLength": 1, "maxLength": 40, "pattern": r"^[^\[\]\u0000]+$"},
        "additionalProperties": {"type": "string", "maxLength": 500, "pattern": _NO_NUL},
        "maxProperties": 50,
        "description": "Your own words; a key with an empty text is removed.",
    }


@schema_of.register
def _(param: figures.Percent) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.01}


@schema_of.register
def _(param: params.Many) -> Schema:
    return {"type": "array", "items": describe(param.item), "maxItems": param.most}


@schema_of.register
def _(param: params.Either) -> Schema:
    return {"anyOf": [describe(param.word), describe(param.parts)]}


@schema_of.register
def _(param: params.Table) -> Schema:
    return table(param.fields)


@schema_of.register
def _(param: figures.Amounts) -> Schema:
    return {
        "type": "object",
        "additionalProperties": describe(params.Amount(least=0, nullable=True)),
        "description": "Currency → minor units; an empty amount removes it.",
    }


@schema_of.register
def _(param: figures.DecimalText) -> Schema:
    places = rf"^[0-9]{{1,12}}(\.[0-9]{{1,{param.places}}})?$"
    number = {"type": "integer", "minimum": 0, "maximum": param.most}
    return {"anyOf": [number, {"type": "string", "pattern": places}]}


@schema_of.register
def _(param: figures.ByCurrency) -> Schema:
    return {
        "type": "object",
        "propertyNames": schema_of(params.Currency()),
        "additionalProperties": describe(param.item),
        "description": "Currency → what is said of it.",
    }


@schema_of.register
def _(param: figures.NotTaken) -> Schema:
    return {"not": {}, "description": f"Refused. {param.why}"}


@schema_of.register
def _(param: params.Free) -> Schema:
    return {
        "type": "object",
        "description": f"Any keys, up to {decode.MAX_DEPTH} levels deep with those around it.",
    }


@schema_of.register
def _(param: params.Ignored) -> Schema:
    return {"description": f"Understood, and without effect here. {param.why}"}


@schema_of.register
def _(param: switches.Off) -> Schema:
    return {
        "type": "object",
        "properties": {"enabled": {"type": "boolean", "enum": [False]}},
        "description": f"Never on. {param.why}",
    }
