"""The table of parameters that have another name or place by now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.types import JsonObject

Wire = JsonObject
_ACCOUNTS: Final = frozenset({"POST /v1/accounts", "POST /v1/accounts/{}"})
_CUSTOMERS: Final = frozenset({"POST /v1/customers", "POST /v1/customers/{}"})
_CHARGES: Final = frozenset({"POST /v1/charges"})

_INTENTS: Final = frozenset(
    {"POST /v1/payment_intents", "POST /v1/payment_intents/{}"}
    | {"POST /v1/payment_intents/{}/confirm"}
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A dated change of a parameter's name.

    Args:
        version: The first version that has the new name.
        calls: The calls, such as `"POST /v1/customers/{}"`.
        names: Old name → where it is now; both with dots.
        title: What changed, for people.
        redo: What else is to be done, in place, before names are moved.
        means: Old name → what to say, for those that `redo` moves.
    """

    version: str
    calls: frozenset[str]
    names: Mapping[str, str]
    title: str
    redo: Callable[[Wire], None] | None = None
    means: Mapping[str, str] = field(default_factory=dict)

    def bring_up(self, payload: Wire) -> None:
        """Move what a request said, in place, to where it is since then."""
        if self.redo is not None:
            self.redo(payload)
        for old, new in self.names.items():
            _move(payload, old.split("."), new.split("."))

    def current_name(self, name: str) -> str | None:
        """Return what an old name at the top is called since then; None if it is not one."""
        if name in self.means:
            return self.means[name]
        new = self.names.get(name)
        return None if new is None else f"`{bracket(new)}`"


def bracket(path: str) -> str:
    """Write `settings.payouts` as requests do: `settings[payouts]`."""
    first, *rest = path.split(".")
    return first + "".join(f"[{one}]" for one in rest)


def _type_of_managed(payload: Wire) -> None:
    """Replace `managed` by the account's type."""
    words = {True: "custom", "true": "custom", False: "standard", "false": "standard"}
    if "type" not in payload and payload.get("managed") in words:
        payload["type"] = words[payload.pop("managed")]


def _kind_of_bank_account(payload: Wire) -> None:
    """Say of details of a bank account that they are of one."""
    if isinstance(details := payload.get("bank_account"), dict):
        payload["bank_account"] = {"object": "bank_account", **details}


def _business_of_legal_entity(payload: Wire) -> None:
    """Tell people from companies, which shared their address."""
    entity = payload.get("legal_entity")
    if not isinstance(entity, dict):
        return
    is_company = entity.get("type") == "company" or "business_tax_id" in entity
    address = entity.pop("address", None)
    if address is not None:
        entity["company_address" if is_company else "personal_address"] = address


def _capability_names(payload: Wire) -> None:
    """Call the capability of being transferred to by its present name."""
    if isinstance(requested := payload.get("requested_capabilities"), list):
        payload["requested_capabilities"] = [
            "transfers" if one == "platform_payments" else one for one in requested
        ]


def _requested_capabilities(payload: Wire) -> None:
    """Ask for each capability by its name."""
    requested = payload.get("requested_capabilities")
    are_names = isinstance(requested, list) and all(isinstance(one, str) for one in requested)
    if are_names and "capabilities" not in payload:
        payload["capabilities"] = {name: {"requested": "true"} for name in requested or ()}
        del payload["requested_capabilities"]


def _keep_methods(payload: Wire) -> None:
    """Keep a payment's method with its customer, as is said by how it will be used."""
    kept = payload.get("save_payment_method")
    if kept in (True, "true", False, "false"):
        del payload["save_payment_method"]
        if kept in (True, "true"):
            payload.setdefault("setup_future_usage", "on_session")


_OF_BOTH: Final = ("name", "name_kana", "name_kanji", "tax_id", "vat_id")

_OF_PEOPLE: Final = (
    "dob", "first_name", "first_name_kana", "first_name_kanji", "gender", "last_name",
    "last_name_kana", "last_name_kanji", "maiden_name", "ssn_last_4",
)  # fmt: skip

_PROFILE: Final = ("support_email", "support_phone", "support_url", "product_description")

# Source: the changelog of the protocol, by date. Oldest first.
MOVED: Final[tuple[Moved, ...]] = (
    Moved(
        "2014-12-17", _CHARGES, {"statement_description": "statement_descriptor"},
        "`statement_description` of charges is called `statement_descriptor`.",
    ),
    Moved(
        "2015-02-18", _CHARGES, {"card": "source"},
        "Charges and customers take a `source`, no longer a `card`.",
    ),
    Moved(
        "2015-02-18", _CUSTOMERS, {"card": "source", "default_card": "default_source"},
        "Charges and customers take a `source`, no longer a `card`.",
    ),
    Moved(
        "2015-10-01", _ACCOUNTS, {"bank_account": "external_account"},
        "`bank_account` of accounts is called `external_account`.", _kind_of_bank_account,
    ),
    Moved(
        "2017-04-06", _ACCOUNTS,
        {
            "transfer_schedule": "payout_schedule",
            "transfer_statement_descriptor": "payout_statement_descriptor",
        },
        "`transfer_schedule` and `transfer_statement_descriptor` of accounts are about payouts.",
    ),
    Moved(
        "2017-05-25", _ACCOUNTS, {}, "Accounts are made with a `type` in place of `managed`.",
        _type_of_managed, {"managed": "`type`"},
    ),
    Moved(
        "2019-02-11", _INTENTS,
        {
            "allowed_source_types": "payment_method_types",
            "save_source_to_customer": "save_payment_method",
            "source": "payment_method",
        },
        "Intents take `payment_method`, `payment_method_types` and `save_payment_method`, no "
        "longer `source`, `allowed_source_types` and `save_source_to_customer`.",
    ),
    Moved(
        "2019-02-19", _ACCOUNTS,
        {f"legal_entity.business_{name}": f"company.{name}" for name in _OF_BOTH}
        | {f"legal_entity.{name}": f"individual.{name}" for name in _OF_PEOPLE}
        | {
            "legal_entity.type": "business_type",
            "legal_entity.company_address": "company.address",
            "legal_entity.personal_address": "individual.address",
            "legal_entity.phone_number": "company.phone",
            "legal_entity.personal_phone_number": "individual.phone",
            "legal_entity.personal_id_number": "individual.id_number",
            "legal_entity.verification.document": "individual.verification.document.front",
            "legal_entity.verification.document_back": "individual.verification.document.back",
            "business_name": "business_profile.name",
            "business_url": "business_profile.url",
            "business_logo": "settings.branding.icon",
            "business_logo_large": "settings.branding.logo",
            "business_primary_color": "settings.branding.primary_color",
            "debit_negative_balances": "settings.payouts.debit_negative_balances",
            "decline_charge_on": "settings.card_payments.decline_on",
            "payout_schedule": "settings.payouts.schedule",
            "payout_statement_descriptor": "settings.payouts.statement_descriptor",
            "statement_descriptor": "settings.payments.statement_descriptor",
        }
        | {name: f"business_profile.{name}" for name in _PROFILE},
        "Accounts take `individual`, `company` and `business_type` in place of `legal_entity`, "
        "and what is set in `settings` and `business_profile`.",
        _business_of_legal_entity,
        {"legal_entity": "`individual`, `company` and `business_type`"},
    ),
    Moved(
        "2019-08-14", _ACCOUNTS, {}, "The capability `platform_payments` is called `transfers`.",
        _capability_names,
    ),
    Moved(
        "2019-10-17", _CUSTOMERS, {"account_balance": "balance"},
        "`account_balance` of customers is called `balance`.",
    ),
    Moved(
        "2020-08-27", _ACCOUNTS, {}, "Accounts ask for `capabilities` one by one.",
        _requested_capabilities, {"requested_capabilities": "`capabilities`"},
    ),
    Moved(
        "2020-08-27", _INTENTS, {},
        "Intents take `setup_future_usage` in place of `save_payment_method`.",
        _keep_methods, {"save_payment_method": "`setup_future_usage`"},
    ),
)  # fmt: skip


def _move(payload: Wire, old: list[str], new: list[str]) -> None:
    """Move a value, if it is there and nothing is where it is to be."""
    *way, last = old
    places: list[tuple[Wire, str]] = []
    here: object = payload
    for step in way:
        if not isinstance(here, dict) or step not in here:
            return
        places.append((here, step))
        here = here[step]
    if not isinstance(here, dict) or last not in here or not _put(payload, new, here[last]):
        return
    del here[last]
    for within, step in reversed(places):
        if not within[step]:
            del within[step]


def _put(payload: Wire, path: list[str], value: object) -> bool:
    *way, last = path
    here: object = payload
    for step in way:
        here = here.setdefault(step, {}) if isinstance(here, dict) else None
    if not isinstance(here, dict) or last in here:
        return False
    here[last] = value
    return True
