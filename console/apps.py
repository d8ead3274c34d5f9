from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin import sites
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy


class ConsoleConfig(AppConfig):
    name = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from console.books import writing
        from console.figures import integrity_check
        from console.privacy import approved as of_people
        from console.routing import approved
        from console.site import ConsoleSite, begin_in_mode
        from ledger.audit import verify

        verify.register(integrity_check.CHECK)
        writing.register()
        approved.register()
        of_people.register()
        user_logged_in.connect(begin_in_mode, dispatch_uid="console.begin_in_mode")
        for room in apps.get_app_configs():
            room.verbose_name = gettext_lazy(str(room.verbose_name))
        # Before the rooms register their pages: the admin looks for those when all is ready.
        admin.site = sites.site = ConsoleSite()
