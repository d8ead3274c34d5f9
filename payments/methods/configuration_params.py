"""What the endpoints of payment method configurations take."""

from api.wire.params import Boolean, Choice, ListParams, Param, Params, Table, Text
from payments.models.payment_method_configurations import ABSENT_METHODS, METHODS

_METHOD = Table({"display_preference": Table({"preference": Choice("none", "off", "on")})})
_METHODS: dict[str, Param] = dict.fromkeys(sorted((*METHODS, *ABSENT_METHODS)), _METHOD)


class CreateConfigurationParams(Params):
    name_ = Text(most=100)


class UpdateConfigurationParams(Params):
    active = Boolean()
    name_ = Text(most=100)


# Sixty words, declared once for both.
CreateConfigurationParams.fields = {**CreateConfigurationParams.fields, **_METHODS}
UpdateConfigurationParams.fields = {**UpdateConfigurationParams.fields, **_METHODS}


class ListConfigurationsParams(ListParams):
    active = Boolean()
    # No configuration here belongs to a Connect application.
    application = Text(most=64, nullable=True)
