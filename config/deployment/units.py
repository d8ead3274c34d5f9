"""Units for systemd: a target with every program, and a migration that runs before them."""

from collections.abc import Mapping
from typing import Final

from config.deployment.image import HOME, PREFIX
from config.deployment.programs import MIGRATE, PROGRAMS, STOP_SIGNAL, ProgramSpec

SETTINGS: Final = "/etc/rialto/rialto.env"
OWNER_SETTINGS: Final = "/etc/rialto/owner.env"

# What no program of Rialto needs.
_HARDENING: Final = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
"""


def files(notice: str) -> Mapping[str, str]:
    """Return the units by their place under `deploy/`."""
    return {
        "systemd/rialto.target": _target(notice),
        f"systemd/rialto-{MIGRATE.name}.service": _migrate(notice),
        **{f"systemd/rialto-{each.name}.service": _unit(notice, each) for each in PROGRAMS},
    }


def _target(notice: str) -> str:
    wants = "\n".join(f"Wants=rialto-{spec.name}.service" for spec in PROGRAMS)
    return f"""# {notice}
[Unit]
Description=Rialto, all of its programs
Documentation=file:///usr/share/doc/rialto/docs/how-to/run-it-with-systemd.md
{wants}

[Install]
WantedBy=multi-user.target
"""


def _migrate(notice: str) -> str:
    return f"""# {notice}
[Unit]
Description=Rialto: {MIGRATE.about}
After=network-online.target postgresql.service
Wants=network-online.target

[Service]
Type=oneshot
ExecStart={PREFIX}/bin/rialto {" ".join(MIGRATE.command)}
TimeoutStartSec={MIGRATE.seconds}
MemoryMax={MIGRATE.memory_mb}M
{_common()}# It alone is told who owns the tables.
EnvironmentFile={OWNER_SETTINGS}

{_HARDENING}"""


def _unit(notice: str, spec: ProgramSpec) -> str:
    command = ["serve", spec.name, *(["--port", str(spec.port)] if spec.port else [])]
    files = "LimitNOFILE=65536\n" if spec.port or spec.name == "deliveries" else ""
    return f"""# {notice}
[Unit]
Description=Rialto {spec.name}: {spec.about}
After=network-online.target postgresql.service redis-server.service rialto-{MIGRATE.name}.service
Wants=network-online.target
PartOf=rialto.target
StartLimitIntervalSec=0

[Service]
# The command becomes the program, which says to nobody when it is ready: ask {_ready(spec)}.
Type=exec
ExecStart={PREFIX}/bin/rialto {" ".join(command)}
KillSignal={STOP_SIGNAL}
KillMode=mixed
TimeoutStopSec={spec.stop_seconds}
Restart=always
RestartSec=1
MemoryMax={spec.memory_mb}M
{files}{_common()}
{_HARDENING}
[Install]
WantedBy=rialto.target
"""


def _common() -> str:
    return f"""User=rialto
Group=rialto
StateDirectory=rialto
StateDirectoryMode=0700
WorkingDirectory={HOME}
Environment=DJANGO_SETTINGS_MODULE=config.settings.prod RIALTO_HOME={HOME}
EnvironmentFile={SETTINGS}
"""


def _ready(spec: ProgramSpec) -> str:
    return "/readyz" if spec.port else "rialto doctor"
