from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services import consents, file_removal
        from ledger.audit import verify
        from payments import expansions
        from payments.services import checks, customer_sessions, dispute_answers

        expansions.register()
        consents.register(customer_sessions.end_made, "customer_sessions")
        file_removal.register(dispute_answers.files_named)
        verify.register(*checks.CHECKS)
