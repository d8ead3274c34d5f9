"""What the web server runs: the application behind the door."""

from config.door.entrance import Door
from config.wsgi import application as wsgi

application = Door(wsgi)
