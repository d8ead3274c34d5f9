"""Who may watch over it, and what is written for them."""

from pathlib import Path

import environ

from config.launcher import places

env = environ.Env()

_HOME = Path(env.str("RIALTO_HOME", default=str(places.default_home())))

# Lets whoever sends it read `/metrics` and `/health`; empty for nobody, and nothing is counted.
MONITORING_TOKEN = env.str("RIALTO_MONITORING_TOKEN", default="")
# Where the processes of a machine add up what they count. Better in memory than on a disk.
METRICS_FOLDER = env.str("RIALTO_METRICS_FOLDER", default=str(_HOME / "run" / "metrics"))
# Where programs show their supervisor that they work; empty without one.
PULSE_FOLDER = env.str("RIALTO_PULSES", default="")
# Whether each request is a line of the log.
ACCESS_LOG = env.bool("RIALTO_ACCESS_LOG", default=False)
