"""What the endpoints of web domains take."""

from typing import Final

from api.wire.params import Boolean, ListParams, Params
from connect.onboarding.person_params import PatternText

_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SHAPE: Final = rf"({_LABEL}\.)+{_LABEL}"
_EXPECTED: Final = "the name of a web domain such as shop.example, without https:// and path"


class RegisterDomainParams(Params):
    domain_name = PatternText(_SHAPE, _EXPECTED, most=253, required=True)
    enabled = Boolean()


class UpdateDomainParams(Params):
    enabled = Boolean()


class ListDomainsParams(ListParams):
    domain_name = PatternText(_SHAPE, _EXPECTED, most=253)
    enabled = Boolean()


class RegisterOlderDomainParams(Params):
    domain_name = PatternText(_SHAPE, _EXPECTED, most=253, required=True)


class ListOlderDomainsParams(ListParams):
    domain_name = PatternText(_SHAPE, _EXPECTED, most=253)
