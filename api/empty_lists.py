"""Lists of what Rialto does not have: empty, so that whoever mirrors an account can go on."""

from collections.abc import Mapping
from typing import Any, Final

from api import pagination
from api.params import ListParams
from api.views import ApiRequest, ApiView
from core.errors import InvalidRequest

# Below /v1/. What gets endpoints of its own leaves this table; a test holds it against the
# lists that the official package knows.
PATHS: Final = (
    "apple_pay/domains",
    "apps/installs",
    "apps/secrets",
    "billing/alerts",
    "billing/credit_balance_transactions",
    "billing/credit_grants",
    "billing/feedback_options",
    "billing/meters",
    "billing_portal/configurations",
    "checkout/sessions",
    "climate/orders",
    "climate/products",
    "climate/suppliers",
    "coupons",
    "credit_notes",
    "entitlements/active_entitlements",
    "entitlements/features",
    "exchange_rates",
    "financial_connections/accounts",
    "financial_connections/transactions",
    "forwarding/requests",
    "identity/verification_reports",
    "identity/verification_sessions",
    "invoice_payments",
    "invoice_rendering_templates",
    "invoiceitems",
    "invoices",
    "issuing/authorizations",
    "issuing/cardholders",
    "issuing/cards",
    "issuing/disputes",
    "issuing/personalization_designs",
    "issuing/physical_bundles",
    "issuing/tokens",
    "issuing/transactions",
    "payment_attempt_records",
    "payment_links",
    "payment_method_domains",
    "payment_records",
    "plans",
    "prices",
    "product_catalog/trial_offers",
    "products",
    "promotion_codes",
    "quotes",
    "radar/value_list_items",
    "radar/value_lists",
    "reporting/report_runs",
    "reporting/report_types",
    "reviews",
    "shipping_rates",
    "sigma/scheduled_query_runs",
    "subscription_items",
    "subscription_schedules",
    "subscriptions",
    "tax/locations",
    "tax/registrations",
    "tax_codes",
    "tax_ids",
    "tax_rates",
    "terminal/configurations",
    "terminal/locations",
    "terminal/readers",
    "test_helpers/test_clocks",
    "three_d_secure/authentications",
    "topups",
    "treasury/credit_reversals",
    "treasury/debit_reversals",
    "treasury/financial_accounts",
    "treasury/inbound_transfers",
    "treasury/outbound_payments",
    "treasury/outbound_transfers",
    "treasury/received_credits",
    "treasury/received_debits",
    "treasury/transaction_entries",
    "treasury/transactions",
)


class AnyListParams(ListParams):
    """Every filter is understood: it changes nothing in a list that is empty."""

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        return super().read({name: value for name, value in said.items() if name in cls.fields})


class EmptyListView(ApiView):
    # Not in the OpenAPI document: there would be nothing to say.
    schema = None
    params = {"GET": AnyListParams}

    def get(self, request: ApiRequest, params: dict[str, Any]) -> dict[str, Any]:
        for name in ("starting_after", "ending_before"):
            if cursor := params.get(name):
                raise InvalidRequest(
                    f"No such object: '{cursor}'", code="resource_missing", param=name
                )
        return pagination.wire_list([], dict, has_more=False, url=request.path)
