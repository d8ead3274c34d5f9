"""What a call may say by the official package, the server knows: to the last name."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from api.absent.views import AbsentView
from api.refused import unsupported
from api.wire import params
from tests.acceptance import declared
from tests.factories import a_key, a_platform


def takes(call: declared.Declared) -> Any:
    """Return the class of what our endpoint of a call takes; None if it is not ours."""
    match = resolve(call.path.replace("{}", "x"))
    view = getattr(match.func, "view_class", None)
    shape = re.sub(r"<str:\w+>", "{}", f"/{match.route}")
    if view is None or view is AbsentView or shape != call.path:
        return None
    if not hasattr(view, call.method.lower()):
        return None
    own = view.params.get(call.method, params.NoParams)
    is_checked = own.read.__func__ is params.Params.read.__func__
    return own if is_checked else None


OURS = [call for call in declared.calls() if takes(call)]


def is_taken(fields: Any, path: tuple[str, ...]) -> bool:
    """Tell whether a table of ours has a parameter, at the end of its names."""
    name, *below = path
    param = fields.get(name)
    while below and param is not None:
        if isinstance(param, params.Free | params.Ignored):
            return True
        if isinstance(param, params.Either):
            param = param.parts
        elif isinstance(param, params.Many):
            param = param.item if below.pop(0) == "[]" else None
        elif isinstance(param, params.Range):
            return below[0] in ("gt", "gte", "lt", "lte")
        else:
            param = getattr(param, "fields", {}).get(below.pop(0))
    return param is not None


def refusals_of(call: declared.Declared) -> set[str]:
    return {
        param for where, param, _ in unsupported.rows() if where == f"{call.method} {call.path}"
    }


@pytest.mark.parametrize("call", OURS, ids=lambda call: f"{call.method} {call.path}")
def test_every_parameter_is_taken_or_refused_with_a_reason(call):
    fields, refused = takes(call).fields, refusals_of(call)
    all_params = [one for one in declared.every(call.params) if one.path[0] != "expand"]
    left = {one.name for one in all_params if not is_taken(fields, one.path)}
    unexplained = {
        name for name in left if not any(name == r or name.startswith(f"{r}[") for r in refused)
    }

    assert unexplained == set()
    assert refused <= left, "taken by now, or no parameter of this call"


def test_the_table_names_only_calls_that_are_ours():
    calls = {where for where, _, _ in unsupported.rows()}

    assert calls <= {f"{call.method} {call.path}" for call in OURS}
    assert len(list(unsupported.rows())) == len(unsupported.reasons())
    assert len(OURS) > 90


def _nested(name: str) -> dict[str, Any]:
    nested: Any = "x"
    for step in reversed(re.findall(r"[^\[\]]+|\[\]", name)):
        nested = [nested] if step == "[]" else {step: nested}
    return dict(nested)


@pytest.mark.django_db
def test_what_is_refused_says_why_and_changes_nothing():
    key = a_key(a_platform())
    headers = {"Authorization": f"Bearer {key}"}
    for call, param, why in unsupported.rows():
        method, _, path = call.partition(" ")
        path = path.replace("{}", "x_1")
        client, payload = Client(headers=headers), _nested(param)
        answer = (
            client.get(path, {param: "x"})
            if method == "GET"
            else client.post(path, payload, content_type="application/json")
        )
        error = answer.json()["error"]
        # The table stands for all places of a list, and an answer names the one.
        named = param.replace("[]", "[0]")
        assert (answer.status_code, error["code"], error["param"]) == (
            400,
            "feature_not_supported",
            named if error["param"] == named else param,
        ), (call, error)
        assert error["message"] == f"{error['param']}: {why}"
        assert why.endswith(".")


@pytest.mark.django_db
def test_what_the_wire_does_not_have_is_unknown_as_before():
    headers = {"Authorization": f"Bearer {a_key(a_platform())}"}
    for path, payload in (
        ("customers", {"customer_account": "cusacc_1"}),
        ("payment_intents", {"payment_method_data": {"klarma": {}}}),
        ("refunds", {"test_clock": "clock_1"}),
    ):
        answer = Client().post(f"/v1/{path}", payload, "application/json", headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "parameter_unknown")
