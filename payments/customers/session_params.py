"""What the endpoints of sessions and ephemeral keys take."""

from api.wire.params import Boolean, Choice, Id, Integer, Many, Param, Params, Table

_SWITCH = Choice("disabled", "enabled")
_REDISPLAY = Choice("always", "limited", "unspecified")


def _component(**features: Param) -> Table:
    fields: dict[str, Param] = {"enabled": Boolean(required=True)}
    return Table(fields | {"features": Table(features)} if features else fields)


class CreateCustomerSessionParams(Params):
    customer = Id(required=True)
    components = Table(
        {
            "active_entitlements": _component(),
            "buy_button": _component(),
            "customer_portal": _component(),
            "customer_sheet": _component(
                payment_method_allow_redisplay_filters=Many(_REDISPLAY),
                payment_method_remove=_SWITCH,
            ),
            "mobile_payment_element": _component(
                payment_method_allow_redisplay_filters=Many(_REDISPLAY),
                payment_method_redisplay=_SWITCH,
                payment_method_remove=_SWITCH,
                payment_method_save=_SWITCH,
                payment_method_save_allow_redisplay_override=_REDISPLAY,
            ),
            "payment_element": _component(
                payment_method_allow_redisplay_filters=Many(_REDISPLAY),
                payment_method_redisplay=_SWITCH,
                payment_method_redisplay_limit=Integer(least=1, most=10),
                payment_method_remove=_SWITCH,
                payment_method_save=_SWITCH,
                payment_method_save_usage=Choice("off_session", "on_session"),
            ),
            "pricing_table": _component(),
        },
        required=True,
    )


class CreateEphemeralKeyParams(Params):
    customer = Id(required=True)
