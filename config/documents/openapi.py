"""The OpenAPI document of everything below `/v1/` and `/v2/`. `make docs` writes it."""

import json
from typing import Final

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from api.schema.operations import JSON
from api.schema.parameters import CURRENCY
from core.types import JsonObject

_DESCRIPTION: Final = """\
Rialto speaks version 1 of Stripe's protocol, so that the official SDKs work with it.

Parameters are sent as forms with brackets (`card[number]=…`, `expand[]=customer`) or as JSON; \
below `/v2/`, where event destinations and thin events are, as JSON. \
Amounts are whole numbers in minor units; times are Unix seconds. What is not named here is \
refused by name; lists of what Rialto does not have are empty. \
Optional fields of an answer may be absent where they do not apply.\
"""
_TEXT: Final = {"type": "string"}
_ERROR: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "type": {
            "type": "string",
            "enum": ["api_error", "card_error", "idempotency_error", "invalid_request_error"],
        },
        "code": _TEXT,
        "message": {**_TEXT, "description": "For developers, in plain words."},
        "param": {**_TEXT, "description": "Which parameter, as it is written in a form."},
        "decline_code": _TEXT,
        "advice_code": _TEXT,
        "network_decline_code": _TEXT,
        "charge": _TEXT,
        "doc_url": {**_TEXT, "description": "Where `code` is explained."},
        "request_log_url": _TEXT,
        "payment_intent": {"type": "object"},
        "payment_method": {"type": "object"},
        "setup_intent": {"type": "object"},
    },
    "required": ["type", "message"],
}
_COMPONENTS: Final = {
    "schemas": {
        "Currency": CURRENCY,
        "Error": {
            "type": "object", "properties": {"error": _ERROR}, "required": ["error"],
        },
    },
    "responses": {
        "Error": {
            "description": "It was refused, or failed; nothing was changed by a refusal.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
        },
    },
    "parameters": {
        "Account": {
            "name": "Stripe-Account", "in": "header", "schema": _TEXT,
            "description": "The connected account to act on, `acct_…`.",
        },
        "Version": {
            "name": "Stripe-Version", "in": "header", "schema": _TEXT,
            "description": f"Such as `{settings.API_VERSION}`; usually the account's own.",
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "schema": {"type": "string", "maxLength": 255},
            "description": "The same key makes the same request happen once.",
        },
    },
    "securitySchemes": {
        "secret": {
            "type": "http", "scheme": "bearer", "description": "A key: `sk_…` or `rk_…`.",
        },
        "basic": {
            "type": "http", "scheme": "basic",
            "description": "The key as user name, without a password.",
        },
        "publishable": {
            "type": "http", "scheme": "bearer", "description": "A key of a browser: `pk_…`.",
        },
    },
}  # fmt: skip
_SETTINGS: Final = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Rialto",
    "VERSION": settings.API_VERSION,
    "DESCRIPTION": _DESCRIPTION,
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/", "description": "This installation."}],
    "APPEND_COMPONENTS": _COMPONENTS,
    "EXTENSIONS_ROOT": {},
    "POSTPROCESSING_HOOKS": [],
}


def document() -> JsonObject:
    """Make the document from the URLs and what stands behind them."""
    with patched_settings(_SETTINGS):
        generator = SchemaGenerator()  # type: ignore[no-untyped-call]
        made: JsonObject = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    made["security"] = [{"secret": []}, {"basic": []}]
    operations = [one for path in made["paths"].values() for one in path.values()]
    made["tags"] = [{"name": name} for name in sorted({one["tags"][0] for one in operations})]
    return made


def text() -> str:
    """Return the document as the file that is committed, one name a line."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
