from django.conf import settings

from api.views import ApiRequest
from api.wire.params import NoParams
from connect.hosted import components
from connect.hosted import params as hosted_params
from connect.hosted.services import links
from connect.onboarding.access import OnAccountView
from core.errors import InvalidRequest
from core.types import JsonObject

Wire = JsonObject


class AccountLinksView(OnAccountView):
    resource = "account_links"
    params = {"POST": hosted_params.CreateAccountLinkParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        options = params.get("collection_options", {})
        row, token = links.create(
            tenant=request.caller.tenant,
            account_id=params["account"],
            type=params["type"],
            return_url=params.get("return_url", ""),
            refresh_url=params.get("refresh_url", ""),
            asks_everything="eventually_due" in (options.get("fields"), params.get("collect")),
            at=request.at,
        )
        return {
            "object": "account_link",
            "created": int(row.created_at.timestamp()),
            "expires_at": int(row.expires_at.timestamp()),
            "url": f"{settings.PUBLIC_URL}/sellers/enter/{token}",
        }


class LoginLinksView(OnAccountView):
    resource = "accounts"
    separate = "login_links"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, account_id: str) -> Wire:
        row, token = links.create(
            tenant=request.caller.tenant, account_id=account_id, type=links.LOGIN, at=request.at
        )
        return {
            "object": "login_link",
            "created": int(row.created_at.timestamp()),
            "url": f"{settings.PUBLIC_URL}/sellers/enter/{token}",
        }


class AccountSessionsView(OnAccountView):
    resource = "account_sessions"
    params = {"POST": hosted_params.CreateAccountSessionParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        requested = params["components"]
        for name, component in requested.items():
            if component["enabled"] and name not in components.SHOWN:
                raise InvalidRequest(
                    f"Rialto's pages for sellers have no {name}. They have: "
                    f"{', '.join(components.SHOWN)}.",
                    param=f"components[{name}][enabled]",
                )
        row, token = links.create(
            tenant=request.caller.tenant,
            account_id=params["account"],
            type=links.SESSION,
            at=request.at,
        )
        return {
            "object": "account_session",
            "account": row.account_id,
            "client_secret": token,
            "components": components.render(requested),
            "expires_at": int(row.expires_at.timestamp()),
            "livemode": row.livemode,
        }
