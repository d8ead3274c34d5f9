from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import expansions
        from accounts.people import checks
        from accounts.services import consents, files

        assert checks
        expansions.register()
        consents.register(files.end_links, "file_links", "files")
