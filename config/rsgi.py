"""What the web server runs: the application behind the door."""

from django.utils.module_loading import import_string

from config.wsgi import application as wsgi

# Only now: the door knows models, and the import above has set Django up.
application = import_string("config.door.entrance.Door")(wsgi)
