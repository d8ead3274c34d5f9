from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services import consents
        from ledger.services import verify
        from payments import expansions
        from payments.services import checks, customer_sessions

        expansions.register()
        consents.register(customer_sessions.end_made, "customer_sessions")
        verify.register(*checks.CHECKS)
