"""What the web server serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config import logins

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

application = get_wsgi_application()
logins.refuse_owner()

# The first request need not wait for the views, and what is loaded for good need not be
# looked through by the garbage collector again and again: that is a tenth of a payment.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
