from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "checkout"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from checkout import erasure, expansions
        from checkout.sessions.services.holding import SessionHolder
        from payments.charges import holders
        from payments.erasure import customers as payers

        expansions.register()
        payers.register(erasure.erase)
        for prefix in ("cs_test", "cs_live"):
            holders.register(prefix, SessionHolder())
