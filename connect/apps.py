from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "connect"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.approvals import registry
        from accounts.services import consents, file_removal
        from connect import approvals, expansions, integrity_checks
        from connect.hosted.services import links
        from connect.oauth.services import detachment
        from connect.onboarding import file_uses
        from connect.payouts import balance_events, queries
        from connect.treasury.services import locations
        from ledger import queries as ledger_queries
        from ledger.audit import verify
        from ledger.posting import maturation
        from processors.accounts import changes

        expansions.register()
        registry.register(*approvals.ACTIONS)
        consents.register(links.end_links, "account_links", "login_links", "account_sessions")
        consents.register(detachment.detach)
        file_removal.register(file_uses.referenced_files)
        ledger_queries.register_narrowing("payout", queries.transactions_of_payout)
        changes.register(locations.give_location)
        maturation.register(balance_events.tell_available)
        verify.register(*integrity_checks.CHECKS)
