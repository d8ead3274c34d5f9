"""Single-use tokens of details typed into a page, kept encrypted."""

import json
from datetime import datetime
from typing import Final

from accounts.models import Account
from connect.models import ExternalAccount, SealedToken
from connect.onboarding.services import external_accounts
from connect.payouts import resources
from core import request_context
from core.database.transactions import atomic, require_transaction
from core.errors import InvalidRequest, missing
from core.security import encryption
from core.tenant import Tenant
from core.types import Fields, JsonObject
from operations import recovery

# The length of what follows an id's prefix.
_SUFFIX: Final = 24
PURPOSE: Final = "what was typed into pages"
PREFIXES: Final = {"account": "ct", "bank_account": "btok", "person": "cpt", "pii": "pii"}
# Numbers of people that may be named by a token of theirs.
_NUMBERS: Final = ("id_number", "id_number_secondary")


def create(
    *,
    tenant: Tenant,
    kind: str,
    params: Fields,
    client_ip: str | None = None,
    at: datetime,
) -> SealedToken:
    """Create a token of the details that a page has sent.

    Args:
        tenant: The platform, or the account itself.
        kind: A key of `PREFIXES`.
        params: Details as the wire spells them.
        client_ip: The address of the browser, for accepted terms.
        at: The moment of the request.

    Raises:
        InvalidRequest: If the numbers of a bank account are invalid.
    """
    token_id = request_context.reserved_id(PREFIXES[kind])
    if done := recovery.resume(lambda: SealedToken.objects.filter(id=token_id).first()):
        return done
    if kind == "bank_account":
        bank_account(tenant, params, at=at)
    text = json.dumps(_with_signatures(params, client_ip, at) if kind == "account" else params)
    return SealedToken.objects.create(
        id=token_id,
        account_id=tenant.account_id,
        livemode=tenant.livemode,
        kind=kind,
        sealed=encryption.encrypt(text, purpose=PURPOSE, row=token_id),
        client_ip=client_ip,
        created_at=at,
    )


def bank_account(tenant: Tenant, params: Fields, *, at: datetime) -> ExternalAccount:
    """Build the bank account of a token, without saving it.

    Raises:
        InvalidRequest: If its numbers are invalid.
    """
    return external_accounts.draft(
        tenant, Account(id=tenant.account_id), {"object": "bank_account", **params}, at=at
    )


def render(row: SealedToken, *, at: datetime) -> JsonObject:
    """Render a token; the details are shown of bank accounts only."""
    is_bank = row.kind == "bank_account"
    account = bank_account(row.tenant, unseal(row), at=at) if is_bank else None
    return resources.sealed_token(row, account)


def unseal(row: SealedToken) -> JsonObject:
    """Decrypt the details of a token."""
    found: JsonObject = json.loads(encryption.decrypt(row.sealed, purpose=PURPOSE, row=row.id))
    return found


def fill_in(tenant: Tenant, params: JsonObject) -> JsonObject:
    """Replace tokens in parameters by their details; their ids stay beside them.

    Args:
        tenant: The owner of the tokens.
        params: Parameters of an account, a person or a bank account.

    Raises:
        Missing: If the tenant has no such token.
        InvalidRequest: If the request has the same parameters itself.
    """
    for param, kind in (("account_token", "account"), ("person_token", "person")):
        if isinstance(token := params.get(param), str) and token:
            typed = unseal(_find(tenant, token, kind, param))
            if both := sorted(typed.keys() & params.keys()):
                raise InvalidRequest(
                    f"You may only specify one of these parameters: {param}, {both[0]}.",
                    code="parameters_exclusive",
                    param=both[0],
                )
            params = {**params, **typed}
    token = params.get("external_account")
    if isinstance(token, str) and _is_ours(token, "btok"):
        row = _find(tenant, token, "bank_account", "external_account")
        params = {
            **params,
            "external_account": {"object": "bank_account", "token": row.id, **unseal(row)},
        }
    if isinstance(individual := params.get("individual"), dict):
        params = {**params, "individual": _fill_in_numbers(tenant, individual, "individual")}
    return _fill_in_numbers(tenant, params, "")


def consume(tenant: Tenant, params: JsonObject, *, at: datetime) -> JsonObject:
    """Use up the tokens of a request, and return its other parameters.

    Raises:
        InvalidRequest: If one was used before.
    """
    rest = {n: v for n, v in params.items() if n not in ("account_token", "person_token")}
    named = [params[n] for n in ("account_token", "person_token") if n in params]
    if isinstance(paid := params.get("external_account"), dict):
        named += [paid["token"]] if _is_ours(str(paid.get("token", "")), "btok") else []
    if recovery.is_under_way():
        return rest
    for token in named:
        rows = SealedToken.objects.filter(
            id=token, account_id=tenant.account_id, livemode=tenant.livemode, used_at=None
        )
        with atomic():
            if not rows.update(used_at=at):
                raise InvalidRequest(
                    f"You cannot use a token more than once: {token}.", code="token_already_used"
                )
    return rest


def consume_bank_account(tenant: Tenant, token: str, *, param: str, at: datetime) -> JsonObject:
    """Use up a bank account's token in an open transaction, and return its details.

    Raises:
        Missing: If the tenant has no such token.
        InvalidRequest: If it was used before.
    """
    require_transaction()
    row = _find(tenant, token, "bank_account", param)
    if not SealedToken.objects.filter(id=row.id, used_at=None).update(used_at=at):
        raise InvalidRequest(
            f"You cannot use a token more than once: {token}.",
            code="token_already_used",
            param=param,
        )
    return unseal(row)


def _fill_in_numbers(tenant: Tenant, params: JsonObject, before: str) -> JsonObject:
    found = {}
    for name in _NUMBERS:
        if isinstance(token := params.get(name), str) and _is_ours(token, "pii"):
            param = f"{before}[{name}]" if before else name
            found[name] = unseal(_find(tenant, token, "pii", param))["id_number"]
    return {**params, **found}


def _is_ours(token: str, prefix: str) -> bool:
    # The tokens of test accounts, such as btok_us_verified, are of words.
    word, _, random = token.partition("_")
    return word == prefix and len(random) == _SUFFIX and random.isalnum()


def _find(tenant: Tenant, token: str, kind: str, param: str) -> SealedToken:
    row = SealedToken.objects.filter(
        id=token, kind=kind, account_id=tenant.account_id, livemode=tenant.livemode
    ).first()
    if row is None:
        raise missing("token", token, param=param)
    return row


def _with_signatures(params: Fields, client_ip: str | None, at: datetime) -> JsonObject:
    """Replace acceptances on a page by their moment and address."""
    rest = dict(params)
    signed = {"date": int(at.timestamp()), **({"ip": client_ip} if client_ip else {})}
    if _is_yes(rest.pop("tos_shown_and_accepted", False)):
        rest["tos_acceptance"] = signed
    if "company" in rest:
        company = dict(rest["company"])
        if _is_yes(company.pop("ownership_declaration_shown_and_signed", False)):
            company["ownership_declaration"] = signed
        rest["company"] = company
    return rest


def _is_yes(word: object) -> bool:
    return str(word).lower() == "true"
