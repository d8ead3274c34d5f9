from api.lists import pagination
from api.views import ApiRequest, ApiView
from api.wire.params import NoParams
from core.errors import missing
from core.types import JsonObject
from payments import queries, resources
from payments.methods import domain_params as p
from payments.methods.services import domains

Wire = JsonObject


class PaymentMethodDomainsView(ApiView):
    resource = "payment_method_domains"
    params = {"POST": p.RegisterDomainParams, "GET": p.ListDomainsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row = domains.register(tenant=request.caller.tenant, at=request.at, **params)
        return resources.payment_method_domain(row)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.payment_method_domains(request.caller.tenant)
        if "domain_name" in params:
            rows = rows.filter(domain_name=params["domain_name"].lower())
        if "enabled" in params:
            rows = rows.filter(enabled=params["enabled"])
        return pagination.list_page(
            rows,
            params,
            resources.payment_method_domain,
            kind="payment_method_domain",
            url=request.path,
        )


class PaymentMethodDomainView(ApiView):
    resource = "payment_method_domains"
    params = {"POST": p.UpdateDomainParams}

    def get(self, request: ApiRequest, params: Wire, domain_id: str) -> Wire:
        return _render(request, domain_id)

    def post(self, request: ApiRequest, params: Wire, domain_id: str) -> Wire:
        row = domains.update(tenant=request.caller.tenant, domain_id=domain_id, **params)
        return resources.payment_method_domain(row)


class ValidateDomainView(ApiView):
    resource = "payment_method_domains"
    params = {"POST": NoParams}

    def post(self, request: ApiRequest, params: Wire, domain_id: str) -> Wire:
        """Look at a domain again: no wallet becomes active, and the object says why."""
        return _render(request, domain_id)


class ApplePayDomainsView(ApiView):
    resource = "apple_pay_domains"
    params = {"POST": p.RegisterOlderDomainParams, "GET": p.ListOlderDomainsParams}

    def post(self, request: ApiRequest, params: Wire) -> Wire:
        row = domains.register_older(tenant=request.caller.tenant, at=request.at, **params)
        return resources.apple_pay_domain(row)

    def get(self, request: ApiRequest, params: Wire) -> Wire:
        rows = queries.apple_pay_domains(request.caller.tenant)
        if "domain_name" in params:
            rows = rows.filter(domain_name=params["domain_name"].lower())
        return pagination.list_page(
            rows, params, resources.apple_pay_domain, kind="domain", url=request.path
        )


class ApplePayDomainView(ApiView):
    resource = "apple_pay_domains"

    def get(self, request: ApiRequest, params: Wire, domain_id: str) -> Wire:
        row = queries.apple_pay_domains(request.caller.tenant).filter(id=domain_id).first()
        if row is None:
            raise missing("domain", domain_id)
        return resources.apple_pay_domain(row)

    def delete(self, request: ApiRequest, params: Wire, domain_id: str) -> Wire:
        domains.remove_older(tenant=request.caller.tenant, domain_id=domain_id)
        return {"id": domain_id, "object": "apple_pay_domain", "deleted": True}


def _render(request: ApiRequest, domain_id: str) -> Wire:
    row = queries.payment_method_domains(request.caller.tenant).filter(id=domain_id).first()
    if row is None:
        raise missing("payment_method_domain", domain_id)
    return resources.payment_method_domain(row)
