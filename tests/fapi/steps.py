"""A FAPI client as tests need one: it does right what it is not told to do wrong."""

import base64
import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from accounts.models import Membership, OAuthApplication, OAuthProfile, User
from core.ids import new_id

BACK = "https://budget.example.com/back"
ISSUER = settings.PUBLIC_URL
SCOPE = "balance.read balance_transactions.read"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SITE = "http://testserver"
VERIFIER = "v" * 43


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def challenge_of(verifier: str) -> str:
    return b64(hashlib.sha256(verifier.encode()).digest())


class Registry(JWSRegistry):
    max_header_length = 100_000
    max_payload_length = 100_000

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


def sign(claims: Any, key: Any, alg: str = "ES256", **header: Any) -> str:
    """Sign, also by what nobody should sign by."""
    registry = Registry(algorithms=[alg], strict_check_header=False)
    return jwt.encode({"alg": alg} | header, claims, key, registry=registry)


def a_key(alg: str = "ES256", **more: Any) -> Any:
    if alg in ("PS256", "RS256", "PS512"):
        return RSAKey.generate_key(more.pop("bits", 2048), more or None)
    if alg in ("Ed25519", "EdDSA"):
        return OKPKey.generate_key("Ed25519", more or None)
    return ECKey.generate_key({"ES384": "P-384"}.get(alg, "P-256"), more or None)


def without(claims: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is `...`."""
    return {name: value for name, value in claims.items() if value is not ...}


@dataclass
class App:
    """A client with its keys.

    Args:
        row: Its registration.
        alg: What its assertions are signed by.
        key: The private key of its assertions.
        dpop: The private key of its proofs.
    """

    row: OAuthApplication
    alg: str = "ES256"
    key: Any = None
    dpop: Any = field(default_factory=a_key)

    def assertion(self, *, by: Any = None, alg: str = "", header: Any = None, **claims: Any) -> str:
        now, me = int(time.time()), self.row.client_id
        usual = {
            "iss": me,
            "sub": me,
            "aud": ISSUER,
            "exp": now + 60,
            "iat": now,
            "jti": str(uuid4()),
        }
        return sign(without(usual | claims), by or self.key, alg or self.alg, **(header or {}))

    def proof(
        self,
        url: str,
        method: str = "POST",
        *,
        by: Any = None,
        alg: str = "ES256",
        header: Any = None,
        token: str | None = None,
        **claims: Any,
    ) -> str:
        key = by or self.dpop
        usual = {"htm": method, "htu": url, "iat": int(time.time()), "jti": str(uuid4())}
        if token is not None:
            usual["ath"] = b64(hashlib.sha256(token.encode()).digest())
        shown = {"typ": "dpop+jwt", "jwk": key.as_dict(private=False)} | (header or {})
        return sign(without(usual | claims), key, alg, **without(shown))

    def send(self, path: str, params: Any = None, *, proof: Any = None, **headers: str) -> Any:
        """Send a form with an assertion, and with a proof if there is one; None leaves one out."""
        usual = {"client_assertion_type": TYPE, "client_assertion": self.assertion()}
        body = without(usual | (params or {}))
        if proof is not None:
            headers["DPoP"] = proof
        return Client().post(
            path,
            urlencode(body, doseq=True),
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )

    def push(self, *, proof: Any = None, **params: Any) -> Any:
        usual = {
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": SCOPE,
            "state": "s1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        return self.send("/oauth2/par", without(usual | params), proof=proof)

    def page(self, request_uri: str, **more: str) -> str:
        return "/oauth2/authorize?" + urlencode(
            {"client_id": self.row.client_id, "request_uri": request_uri} | more
        )

    def code(self, browser: Client, **params: Any) -> str:
        pushed = self.push(**params)
        assert pushed.status_code == 201, pushed.content
        return decide(browser, self.page(pushed.json()["request_uri"]))["code"]

    def token(self, proof: Any = ..., **params: Any) -> Any:
        """Ask for a token: by a code, unless a refresh token is given."""
        usual = {"redirect_uri": BACK, "code_verifier": VERIFIER}
        kind = "refresh_token" if "refresh_token" in params else "authorization_code"
        usual = ({} if kind == "refresh_token" else usual) | {"grant_type": kind}
        made = self.proof(SITE + "/oauth2/token") if proof is ... else proof
        return self.send("/oauth2/token", without(usual | params), proof=made)

    def get(self, path: str, token: str, *, scheme: str = "DPoP", proof: Any = ...) -> Any:
        url = SITE + path.partition("?")[0]
        made = self.proof(url, "GET", token=token) if proof is ... else proof
        headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": made} if made else {})
        return Client().get(path, headers=headers)


def an_app(platform: Any, alg: str = "ES256", **details: Any) -> App:
    key = a_key(alg)
    public = key.as_dict(private=False)
    row = OAuthApplication.objects.create(
        **{
            "account_id": platform.account_id,
            "livemode": False,
            "name": "Budget",
            "client_id": new_id("fapi"),
            "redirect_uris": BACK,
            "client_type": "confidential",
            "authorization_grant_type": "authorization-code",
            "profile": OAuthProfile.FAPI2,
            "jwks": {"keys": [public]},
            **details,
        }
    )
    return App(row, alg, key)


def an_owner(*accounts: Any, email: str = "ada@example.com") -> Client:
    person = User.objects.create_user(email, "secret")
    for account in accounts:
        Membership.objects.create(user=person, account_id=account.account_id, role="owner")
    client = Client()
    client.force_login(person)
    return client


def hidden_in(page: Any) -> dict[str, str]:
    return dict(
        re.findall(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', page.content.decode())
    )


def answer(browser: Client, url: str, *, allow: bool = True, **more: str) -> Any:
    """Fill the page in, and return what the browser is answered."""
    page = browser.get(url)
    assert page.status_code == 200, page.content
    params = hidden_in(page) | ({"allow": "true"} if allow else {}) | more
    return browser.post("/oauth2/authorize", params)


def decide(browser: Client, url: str, **how: Any) -> dict[str, str]:
    """Decide on the page, and return what the client is sent."""
    back = answer(browser, url, **how)
    assert back.status_code == 303, back.content
    assert back["Location"].startswith(BACK + "?")
    query = parse_qs(urlsplit(back["Location"]).query)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}


def error_of(response: Any) -> tuple[int, str]:
    payload = json.loads(response.content)
    assert payload["error_description"]
    assert response["Cache-Control"] == "no-store"
    return response.status_code, payload["error"]
