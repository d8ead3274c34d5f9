"""The file for Compose: one machine, with a PostgreSQL and a Redis of its own."""

import json
from collections.abc import Mapping
from typing import Final

from config.deployment.image import HEADS, HOME, NAME, USER, health_check
from config.deployment.programs import MIGRATE, PORT, PROGRAMS, STOP_SIGNAL, ProgramSpec
from config.launcher import places

# What each program is told by a file, and what migrating is told besides.
SECRETS: Final = (
    "SECRET_KEY",
    "RIALTO_KEY_PEPPER",
    "RIALTO_ENCRYPTION_KEY",
    "RIALTO_PROXY_SECRET",
    "DATABASE_URL",
    "REDIS_URL",
)
OWNER: Final = "DATABASE_OWNER_URL"
_PASSWORDS: Final = ("POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_USERS")
POSTGRES: Final = "docker.io/library/postgres:17-bookworm"
REDIS: Final = "docker.io/library/redis:8-bookworm"


def files(notice: str) -> Mapping[str, str]:
    """Return the files for Compose by their place under `deploy/`."""
    return {"compose/compose.yaml": _compose(notice)}


def _compose(notice: str) -> str:
    parts = (
        _head(notice),
        _POSTGRES,
        _REDIS,
        _migrate(),
        *(_service(spec) for spec in PROGRAMS),
        _tail(),
    )
    return "\n".join(parts)


def _head(notice: str) -> str:
    told = "\n".join(f"    {name}_FILE: /run/secrets/{name.lower()}" for name in SECRETS)
    named = "\n".join(f"    - {name.lower()}" for name in SECRETS)
    return f"""# {notice}
# docs/how-to/run-it-in-containers.md says how it is started.
name: rialto

x-rialto: &rialto
  image: ${{RIALTO_IMAGE:-{NAME}:{places.version()}}}
  build:
    context: ../..
    dockerfile: deploy/Containerfile
  user: "{USER}:{USER}"
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  init: true
  restart: unless-stopped
  stop_signal: {STOP_SIGNAL}
  pids_limit: 256
  tmpfs:
    - /tmp:size=128m,mode=1777
    - {HOME}:size=64m,uid={USER},gid={USER},mode=0700
  environment: &settings
    ALLOWED_HOSTS: ${{RIALTO_DOMAIN:?Set RIALTO_DOMAIN to the host name that clients use}}
    RIALTO_PUBLIC_URL: https://${{RIALTO_DOMAIN}}
    RIALTO_TRUSTED_PROXIES: "1"
    # The database is reached over the network of this file alone, inside one machine.
    RIALTO_DATABASE_WITHOUT_TLS: "true"
{told}
  secrets: &secrets
{named}
  networks: [inside, outside]
  logging: &logging
    driver: json-file
    options: {{max-size: 20m, max-file: "5"}}

x-starts-after: &starts-after
  {MIGRATE.name}: {{condition: service_completed_successfully}}
  postgres: {{condition: service_healthy}}
  redis: {{condition: service_healthy}}

services:"""


_POSTGRES: Final = f"""  postgres:
    image: ${{POSTGRES_IMAGE:-{POSTGRES}}}
    user: "999:999"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    stop_signal: SIGINT
    stop_grace_period: 60s
    shm_size: 256m
    tmpfs: [/tmp, /run/postgresql]
    environment:
      POSTGRES_DB: rialto
      POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password
      POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256 --auth-local=scram-sha-256 --data-checksums
    secrets: [postgres_password, owner_password, app_password]
    volumes:
      - database:/var/lib/postgresql/data
      - ./make-roles.sh:/docker-entrypoint-initdb.d/make-roles.sh:ro
    healthcheck:
      test: [CMD, pg_isready, --quiet, --username, postgres, --dbname, rialto]
      interval: 5s
      timeout: 5s
      retries: 5
      start_period: 60s
    networks: [inside]
    logging: *logging
"""

_REDIS: Final = f"""  redis:
    image: ${{REDIS_IMAGE:-{REDIS}}}
    user: "999:999"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    restart: unless-stopped
    # Queues and hints only: losing all of it loses no work.
    command: [redis-server, --save, "", --appendonly, "no", --aclfile, /run/secrets/redis_users]
    tmpfs: [/data, /tmp]
    secrets: [redis_users]
    deploy:
      resources:
        limits: {{memory: 256M}}
    healthcheck:
      # It lets nobody in without a password, and says so when it is well.
      test: [CMD-SHELL, "redis-cli ping | grep -q NOAUTH"]
      interval: 5s
      timeout: 5s
      retries: 5
    networks: [inside]
    logging: *logging
"""


def _migrate() -> str:
    return f"""  # {MIGRATE.about}
  {MIGRATE.name}:
    <<: *rialto
    command: {json.dumps(list(MIGRATE.command))}
    restart: "no"
    environment:
      <<: *settings
      {OWNER}_FILE: /run/secrets/{OWNER.lower()}
    secrets: [{", ".join(name.lower() for name in (*SECRETS, OWNER))}]
    depends_on:
      postgres: {{condition: service_healthy}}
    deploy:
      resources:
        limits: {{memory: {MIGRATE.memory_mb}M}}
    healthcheck: {{disable: true}}
    networks: [inside]
"""


def _service(spec: ProgramSpec) -> str:
    command = ["serve", spec.name]
    lines = [f"  # {spec.about}", f"  {spec.name}:", "    <<: *rialto"]
    if spec.port:
        command += ["--host", "0.0.0.0", "--port", str(spec.port)]  # noqa: S104  inside its container
        # The proxy that speaks https is on this machine.
        lines.append(f'    ports: ["127.0.0.1:${{RIALTO_PORT:-{PORT}}}:{spec.port}"]')
    lines += [
        f"    command: {json.dumps(command)}",
        f"    stop_grace_period: {spec.stop_seconds}s",
        "    depends_on: *starts-after",
        "    deploy:",
        "      resources:",
        f"        limits: {{memory: {spec.memory_mb}M}}",
        *_health(spec),
    ]
    if spec.keeps:
        lines.append(f'    volumes: ["heads:{HEADS}"]')
    return "\n".join(lines) + "\n"


def _health(spec: ProgramSpec) -> list[str]:
    if not spec.port:
        # It ends when it cannot go on, and is started again.
        return ["    healthcheck: {disable: true}"]
    return [
        "    healthcheck:",
        f"      test: {json.dumps(['CMD', *health_check(spec.port)])}",
        "      interval: 10s",
        "      timeout: 5s",
        "      retries: 3",
        "      start_period: 60s",
    ]


def _tail() -> str:
    names = (*SECRETS, OWNER, *_PASSWORDS)
    named = "\n".join(f"  {n.lower()}: {{file: ./secrets/{n.lower()}}}" for n in names)
    return f"""networks:
  # The database and Redis are on this one alone.
  inside: {{internal: true}}
  outside: {{}}

volumes:
  database: {{}}
  # The heads of the ledger's seals: copy them to another machine.
  heads: {{}}

# `draw-secrets.sh` makes these files.
secrets:
{named}
"""
