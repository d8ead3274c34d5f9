from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import expansions
        from accounts.approvals import registry
        from accounts.people import checks
        from accounts.services import approval_rules, consents, files

        assert checks
        expansions.register()
        registry.register(*approval_rules.ACTIONS)
        consents.register(files.end_links, "file_links", "files")
