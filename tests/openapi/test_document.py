"""The OpenAPI document says what the server does: no endpoint, parameter or field more or less."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from drf_spectacular.validation import validate_schema

from api.absent.views import AbsentView
from api.schema import operations, parameters, sdk
from api.wire.params import Integer, Table, Text
from config.documents import openapi, reference
from config.launcher.home import ROOT
from tests.tenancy.asking import METHODS, routes

COMMITTED = ROOT / "docs" / "reference" / "openapi.json"


@pytest.fixture(scope="module")
def document():
    return openapi.document()


def at(document, reference):
    node = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def test_the_committed_document_is_the_one_that_the_code_makes():
    assert COMMITTED.read_text() == openapi.text(), "Run `make docs`."


def test_a_stale_document_fails_the_check(tmp_path, capsys):
    folder = shutil.copytree(reference.FOLDER, tmp_path / "reference")
    (folder / "openapi.json").write_text("{}")

    assert reference.main(["--check"], folder=folder) == 1
    assert "openapi.json. " in capsys.readouterr().err


def test_the_document_is_valid(document):
    validate_schema(document)


def test_every_endpoint_is_in_the_document_and_nothing_else(document):
    served = {
        (method, f"/{dialect}/" + re.sub(r"<str:(\w+)>", r"{\1}", route))
        for dialect in ("v1", "v2")
        for route, view in routes(dialect)
        for method in METHODS
        if hasattr(view, method.lower()) and view is not AbsentView
    }

    told = {(how.upper(), path) for path, some in document["paths"].items() for how in some}
    assert told == served


def test_every_operation_has_a_name_of_its_own_and_an_answer(document):
    told = [one for some in document["paths"].values() for one in some.values()]

    names = [one["operationId"] for one in told]
    assert len(set(names)) == len(names)
    for one in told:
        ((_, content),) = one["responses"]["200"]["content"].items()
        schema = content["schema"]
        assert schema != {"type": "object"}, one["operationId"]


def test_every_parameter_of_an_endpoint_is_in_the_document(document):
    for route, view in routes():
        if view is AbsentView:
            continue
        path = document["paths"]["/v1/" + re.sub(r"<str:(\w+)>", r"{\1}", route)]
        for method, declared in view.params.items():
            operation = path[method.lower()]
            if method == "POST":
                (content, *_) = (c["schema"] for c in operation["requestBody"]["content"].values())
                told = set(at(document, content["$ref"])["properties"])
            else:
                told = {one["name"] for one in operation["parameters"] if one.get("in") == "query"}
            assert told == {*declared.fields, "expand"}, path


def test_the_second_dialect_is_json_with_pages_and_without_expanding(document):
    told = {path: some for path, some in document["paths"].items() if path.startswith("/v2/")}

    assert len(told) == 7
    for route, view in routes("v2"):
        path = told["/v2/" + re.sub(r"<str:(\w+)>", r"{\1}", route)]
        for method, declared in view.params.items():
            operation = path[method.lower()]
            if method == "POST":
                ((kind, content),) = operation["requestBody"]["content"].items()
                fields = set(at(document, content["schema"]["$ref"])["properties"])
                assert (kind, fields) == ("application/json", {*declared.fields}), path
            else:
                query = {one["name"] for one in operation["parameters"] if one.get("in") == "query"}
                assert query == {*declared.fields}, path
    listed = told["/v2/core/events"]["get"]
    page = listed["responses"]["200"]["content"]["application/json"]["schema"]
    assert page["properties"]["data"]["items"] == {"$ref": "#/components/schemas/V2Event"}
    assert page["required"] == ["data", "next_page_url", "previous_page_url"]
    assert listed["x-codeSamples"][0]["source"] == "client.v2.core.events.list(…)"
    gone = told["/v2/core/event_destinations/{destination_id}"]["delete"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in gone["parameters"]


def test_no_object_holds_itself_so_that_viewers_come_to_an_end(document):
    schemas = document["components"]["schemas"]
    held = {
        name: set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schema)))
        for name, schema in schemas.items()
    }

    def descend(name, above):
        assert name not in above, [*above, name]
        for inner in held[name]:
            descend(inner, (*above, name))

    for name in schemas:
        descend(name, ())


def test_a_parameter_is_told_with_its_bounds_and_whether_it_can_be_unset():
    fields = {
        "name": Text(most=5, nullable=True),
        "line": Table({"quantity": Integer(least=1, most=9, required=True, default=1)}),
    }

    told = parameters.table(fields)

    assert told["additionalProperties"] is False
    name, unset, null = told["properties"]["name"]["anyOf"]
    assert (name["maxLength"], unset["const"], null["type"]) == (5, "", "null")
    line = told["properties"]["line"]
    assert line["required"] == ["quantity"]
    assert line["properties"]["quantity"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 9,
        "default": 1,
    }


def test_a_kind_of_parameter_that_a_room_makes_is_told_as_what_it_derives_from():
    class Percent(Integer):
        pass

    assert parameters.schema_of(Percent(most=100))["maximum"] == 100


def test_the_calls_of_the_official_package_are_found_by_their_urls():
    found = sdk.call("post", "/v1/payment_intents/{whatever}/confirm")

    assert found is not None
    assert found.name == "payment_intents.confirm"
    assert found.returns.__name__ == "PaymentIntent"
    assert sdk.call("GET", "/v1/nothing") is None


def test_an_endpoint_that_the_package_does_not_have_must_say_what_it_answers():
    view = type("PreviewView", (operations.ApiView,), {"post": lambda self: {}})()
    operation = operations._Operation(view, "POST", "/v1/nothing/preview", None)

    with pytest.raises(LookupError, match="answers"):
        operation.describe()


def test_the_server_does_not_load_what_makes_the_document():
    program = "import config.wsgi, sys; sys.exit('drf_spectacular.openapi' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
