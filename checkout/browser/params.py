"""What the endpoints that pages ask take."""

from api.wire.params import Amount, Choice, Currency, Id, Params, Text


class ElementsSessionParams(Params):
    mode = Choice("payment", "setup", required=True)
    amount = Amount(least=0)
    currency = Currency()
    capture_method = Choice("automatic", "automatic_async", "manual")
    setup_future_usage = Choice("on_session", "off_session")
    payment_method_configuration = Id()


class ElementsCheckoutParams(Params):
    client_secret = Text(most=500, required=True)
