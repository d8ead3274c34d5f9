"""An endpoint → its operation in the OpenAPI document, read from what the endpoint declares."""

import inspect
import re
import types
import typing
from collections.abc import Collection
from functools import cache
from typing import Final, cast

from drf_spectacular.generators import EndpointEnumerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from stripe import ListObject

from api.schema import parameters, sdk
from api.schema.objects import Objects, fields_of, kind_of
from api.views import ApiView
from api.wire.params import NoParams, Params
from core.types import JsonObject

Schema = JsonObject

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
LIST_OF: Final = "[]"
MULTIPART: Final = "multipart/form-data"
BYTES: Final = "application/octet-stream"


class ApiSchema(AutoSchema):
    """Describes an `ApiView`; drf-spectacular's own guesses are about serializers."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema:
        view = cast(ApiView, self.view)
        return _Operation(view, method.upper(), path, Objects(registry, is_ours)).describe()


class _Operation:
    def __init__(self, view: ApiView, method: str, path: str, objects: Objects) -> None:
        self.view = view
        self.method = method
        self.path = path
        self.objects = objects
        self.call = sdk.call(method, path)
        self.params: type[Params] = view.params.get(method, NoParams)

    def describe(self) -> Schema:
        summary, description = self._summary()
        operation: Schema = {
            "operationId": self._name().replace(".", "_"),
            "summary": summary,
            "description": description,
            "tags": [self.view.resource],
            "parameters": self._parameters(),
            "responses": {
                "200": self._response(),
                "default": {"$ref": "#/components/responses/Error"},
            },
        }
        if self.method in self.view.publishable:
            operation["security"] = [{"secret": []}, {"publishable": []}]
        if self.method == "POST":
            operation["requestBody"] = self._body()
        if self.call:
            code = f"client.{self.call.dialect}.{self.call.name}(…)"
            operation["x-codeSamples"] = [{"lang": "Python", "source": code}]
        return operation

    def _name(self) -> str:
        if self.call:
            return self.call.name
        # `/v1/events/{event_id}/retry` → `events.retry`
        steps = [step for step in self.path.split("/")[2:] if "{" not in step]
        if self.method == "POST":
            return ".".join(steps)
        own = self.view.answers.get(self.method)
        is_list = str(own).endswith(LIST_OF) or typing.get_origin(own) is list
        return ".".join([*steps, "list" if is_list else self.method.lower()])

    def _summary(self) -> tuple[str, str]:
        handler = getattr(self.view, self.method.lower())
        doc = (inspect.getdoc(handler) or "").strip()
        summary, _, more = doc.partition("\n")
        verb = self._name().rpartition(".")[2]
        summary = summary.rstrip(".") or _title(verb, self._object())
        level = "read" if self.method == "GET" else "write"
        lines = [more.strip(), f"Restricted keys need `{self.view.resource}`: `{level}`."]
        if self.method in self.view.publishable:
            lines.append("Publishable keys may call it, with the object's client secret.")
        if self.call is None:
            lines.append("The official packages have no method for it: send it as a raw request.")
        return summary, "\n\n".join(line for line in lines if line)

    def _object(self) -> str:
        """Return what the endpoint is about in words: `a payment intent`."""
        returns = self._returns()
        name = (kind_of(_item(returns)) or self.path.split("/")[2]).split(".")[-1]
        words = name.replace("_", " ")
        if typing.get_args(returns):
            return words if words.endswith("s") else f"{words}s"
        return f"an {words}" if words[0] in "aeio" else f"a {words}"

    def _parameters(self) -> list[Schema]:
        named = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in (step[1:-1] for step in self.path.split("/") if step.startswith("{"))
        ]
        query = [
            _query_parameter(name, parameters.describe(param), is_required=param.required)
            for name, param in (self.params.fields if self.method == "GET" else {}).items()
        ]
        keyed = ["IdempotencyKey"] if self.method in self.view.keyed else []
        headers = ["Account", "Version", *keyed]
        expands = self.method != "POST" and not self._is_second
        expand = [_query_parameter("expand", parameters.EXPAND)] if expands else []
        common = [{"$ref": f"#/components/parameters/{name}"} for name in headers]
        return [*named, *query, *expand, *common]

    def _body(self) -> Schema:
        schema = parameters.table(self.params.fields)
        if not self._is_second:
            schema["properties"]["expand"] = parameters.EXPAND
        nested = {
            name: {"style": "deepObject", "explode": True}
            for name, inner in schema["properties"].items()
            if _is_nested(inner)
        }
        name = "".join(word.capitalize() for word in re.split("[._]", self._name())) + "Params"
        if file := self.view.file:
            schema["properties"][file] = {"type": "string", "contentMediaType": BYTES}
            parts: Schema = {"schema": self.objects.keep(name, schema)}
            return {
                "content": {MULTIPART: parts | ({"encoding": nested} if nested else {})},
                "required": True,
            }
        reference = self.objects.keep(name, schema)
        form: Schema = {"schema": reference} | ({"encoding": nested} if nested else {})
        forms = {} if self._is_second else {FORM: form}
        return {
            "content": {**forms, JSON: {"schema": reference}},
            "required": bool(schema.get("required")),
        }

    @property
    def _is_second(self) -> bool:
        """Return whether it is of the second dialect: JSON, and nothing is expanded."""
        return self.path.startswith("/v2/")

    def _returns(self) -> object:
        own = self.view.answers.get(self.method)
        if own is not None:
            return _class_named(own) if isinstance(own, str) else own
        if self.call is None:
            raise LookupError(
                f"{self.method} {self.path}: the official package does not have it, so say in the "
                "view's `answers` what it answers with."
            )
        return self.call.returns

    def _response(self) -> Schema:
        if self.view.answers.get(self.method) is bytes:
            binary = {"type": "string", "contentMediaType": BYTES}
            return {"description": "The file itself.", "content": {"*/*": {"schema": binary}}}
        return _content("What was asked for.", self._answer())

    def _answer(self) -> Schema:
        returns = self._returns()
        if typing.get_origin(returns) is list:
            return self.objects.page("list", self.objects.schema(_item(returns)))
        if "deleted" not in _fields(returns):
            return self.objects.schema(returns)
        gone = _deleted(kind_of(returns))
        if self.method == "DELETE":
            return gone
        whole = self.objects.schema(returns)
        return {"anyOf": [whole, gone]} if self.method == "GET" else whole


def _title(verb: str, what: str) -> str:
    words = verb.replace("_", " ").capitalize()
    return f"{words} of {what}" if " " in words else f"{words} {what}"


def is_ours(cls: type) -> bool:
    """Return whether an endpoint of ours answers with objects of a class."""
    return cls in _ours()


@cache
def _ours() -> frozenset[object]:
    returned = (sdk.call(method, path) for path, _, method, _ in _endpoints())
    return frozenset(_item(call.returns) for call in returned if call)


def _endpoints() -> list[tuple[str, str, str, object]]:
    found = EndpointEnumerator().get_api_endpoints()  # type: ignore[no-untyped-call]
    return cast(list[tuple[str, str, str, object]], found)


def _class_named(name: str) -> object:
    kind = name.removesuffix(LIST_OF)
    returned = {_item(call.returns) for call in sdk.calls().values()}
    found = next(cls for cls in returned if kind_of(cls) == kind)
    return found if kind == name else types.GenericAlias(ListObject, (found,))


def _item(hint: object) -> object:
    """Return what a list is of; of anything else, itself."""
    return (typing.get_args(hint) or (hint,))[0]


def _query_parameter(name: str, schema: Schema, *, is_required: bool = False) -> Schema:
    parameter: Schema = {"name": name, "in": "query", "schema": schema}
    if is_required:
        parameter["required"] = True
    if _is_nested(schema):
        parameter |= {"style": "deepObject", "explode": True}
    return parameter


def _is_nested(schema: Schema) -> bool:
    shapes = [schema, *schema.get("anyOf", ())]
    return any(shape.get("type") in ("array", "object") for shape in shapes)


def _fields(returns: object) -> Collection[str]:
    return fields_of(returns) if kind_of(returns) else ()


def _content(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _deleted(kind: str | None) -> Schema:
    properties = {
        "id": {"type": "string"},
        "object": {"type": "string", "const": kind},
        "deleted": {"type": "boolean", "const": True},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
