from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.approvals import registry
        from accounts.services import consents, file_removal
        from ledger.audit import verify
        from payments import expansions, integrity_checks
        from payments.customers.services import customer_sessions
        from payments.disputes.operator_pages import actions as of_disputes
        from payments.disputes.services import dispute_answers
        from payments.inbound.operator_pages import bearing
        from payments.intents.operator_pages import actions as of_intents
        from payments.refunds.operator_pages import actions as of_refunds
        from payments.unapplied.operator_pages import actions as of_unapplied

        expansions.register()
        registry.register(*of_refunds.ACTIONS, *of_intents.ACTIONS, *of_disputes.ACTIONS)
        registry.register(*bearing.ACTIONS, *of_unapplied.ACTIONS)
        consents.register(customer_sessions.end_all, "customer_sessions")
        file_removal.register(dispute_answers.find_evidence_files)
        verify.register(*integrity_checks.CHECKS)
