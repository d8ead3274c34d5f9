from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ledger.services import verify
        from payments import expansions
        from payments.services import checks

        expansions.register()
        verify.register(*checks.CHECKS)
