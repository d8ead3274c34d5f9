"""Requests by chance: what schemathesis makes of the document, often with ids that exist."""

import json
import random
from functools import cache
from typing import Any
from urllib.parse import quote

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from config.launcher.home import ROOT

DOCUMENT = ROOT / "docs" / "reference" / "openapi.json"
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
HEADERS = ("Stripe-Account", "Stripe-Version", "Idempotency-Key")
# What a parameter names, where its own name does not say it.
MEANT = {"destination": "account", "on_behalf_of": "account", "intent": "payment_intent"}
# What makes a request of an endpoint go far; one of these is added to what chance made.
USUAL: dict[str, list[dict[str, Any]]] = {
    "POST /v1/payment_intents": [
        {},
        {"confirm": True, "payment_method": "pm_card_visa"},
        {"confirm": True, "payment_method": "pm_card_bypassPending", "capture_method": "manual"},
        {"confirm": True, "payment_method": "pm_card_visa_chargeDeclined"},
    ],
    "POST /v1/payment_intents/{intent_id}/confirm": [{}, {"payment_method": "pm_card_visa"}],
    "POST /v1/refunds": [{"charge": ""}, {"payment_intent": ""}],
    "POST /v1/transfers": [{"destination": ""}],
    "POST /v1/payment_methods": [{"type": "card"}],
    "POST /v1/payment_methods/{method_id}/attach": [{"customer": ""}],
}


@schemathesis.serializer("application/x-www-form-urlencoded")
def as_a_form(context: Any, value: Any) -> bytes:
    """Write a body with brackets, as the official packages do."""
    if not isinstance(value, dict):
        return str(value).encode(errors="replace")
    pairs = _flat(value, "")
    return "&".join(f"{_quoted(name)}={_quoted(text)}" for name, text in pairs).encode()


def _flat(value: Any, name: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        inner = [(f"{name}[{key}]" if name else str(key), item) for key, item in value.items()]
    elif isinstance(value, list):
        inner = [(f"{name}[{index}]", item) for index, item in enumerate(value)]
    else:
        text = "" if value is None else str(value)
        return [(name, text.lower() if isinstance(value, bool) else text)]
    return [pair for key, item in inner for pair in _flat(item, key)]


def _quoted(text: str) -> str:
    return quote(text, safe="[]", errors="replace")


def operations() -> dict[str, Any]:
    """Return what can be asked, by `METHOD /path`."""
    schema = schemathesis.openapi.from_path(DOCUMENT)
    found = (result.ok() for result in schema.get_all_operations())
    return {operation.label: operation for operation in found}


def requests_for(operation: Any, ids: dict[str, list[str]]) -> st.SearchStrategy[Case]:
    """Return cases of an operation, valid or not, of which many get past the first checks."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))
    required = _required(operation.definition.raw)

    def meant(made: tuple[Case, int]) -> Case:
        case, seed = made
        # Text as the seed: small numbers, which are drawn often, are alike in what follows them.
        dice = random.Random(f"{operation.label} {seed}")
        _fill_in_the_url(case, dice, ids)
        if isinstance(case.body, dict) and dice.random() < 0.7:
            case.body = _likely(case.body, required, dice) | dice.choice(
                USUAL.get(operation.label, [{}])
            )
        for part in (case.body, case.query):
            if isinstance(part, dict):
                _name_what_exists(part, dice, ids)
        if isinstance(case.query, dict):
            case.query = dict(_flat(case.query, ""))
        _choose_headers(case, dice, ids)
        return case

    return st.tuples(cases, st.integers(0, 2**64)).map(meant)


def _required(operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return list(_schemas().get(name, {}).get("required", []))


@cache
def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = json.loads(DOCUMENT.read_text())["components"]["schemas"]
    return schemas


def _fill_in_the_url(case: Case, dice: random.Random, ids: dict[str, list[str]]) -> None:
    steps = case.operation.path.split("/")
    for name in case.path_parameters or {}:
        # `/v1/refunds/{refund_id}`: the word before says what it is.
        kind = steps[steps.index("{" + name + "}") - 1].removesuffix("s")
        kind = f"{steps[2]}/{kind}" if f"{steps[2]}/{kind}" in ids else kind
        if kind in ids and dice.random() < 0.85:
            case.path_parameters[name] = dice.choice(ids[kind])


def _likely(body: dict[str, Any], required: list[str], dice: random.Random) -> dict[str, Any]:
    """Leave out most of what is optional, and give what is needed a value that can be meant."""
    rest = [name for name in body if name not in required]
    kept = {*required, *dice.sample(rest, k=min(len(rest), dice.randrange(4)))}
    likely = {
        "amount": dice.randrange(1, 3_000),
        "currency": "usd",
        "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"},
        "type": "card",
        # Nobody listens there.
        "url": "http://127.0.0.1:9/",
        # Nor does anything happen: deliveries to nobody would keep the others waiting.
        "enabled_events": ["account.application.authorized"],
    }
    return {
        name: likely.get(name) if name in likely and dice.random() < 0.9 else body.get(name)
        for name in sorted(kept)
        if name in body or (name in likely and name in required)
    }


def _name_what_exists(part: dict[str, Any], dice: random.Random, ids: dict[str, list[str]]) -> None:
    for name, value in part.items():
        if isinstance(value, dict):
            _name_what_exists(value, dice, ids)
        elif (kind := MEANT.get(name, name)) in ids and dice.random() < 0.8:
            part[name] = dice.choice(ids[kind])


def _choose_headers(case: Case, dice: random.Random, ids: dict[str, list[str]]) -> None:
    for name in HEADERS:
        if case.headers and dice.random() < 0.9:
            case.headers.pop(name, None)
    if case.headers is not None and dice.random() < 0.1:
        case.headers["Stripe-Account"] = dice.choice(ids["account"])
    if case.headers is not None and case.method == "POST" and dice.random() < 0.2:
        # Few, so that some come again.
        case.headers["Idempotency-Key"] = f"{case.operation.label}-{dice.randrange(99)}"


def ask(case: Case, session: requests.Session, base_url: str) -> None:
    """Send it, and hold the answer against the document."""
    response = case.call(base_url=base_url, session=session)
    case.validate_response(response, checks=CHECKS)
