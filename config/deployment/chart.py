"""What of the Helm chart follows from the table: its release, values, schema and programs.

The templates under `deploy/chart/templates` are written by hand and read the programs from here.
"""

import json
from collections.abc import Mapping
from typing import Final

from config.deployment.compose import OWNER, POSTGRES, REDIS, SECRETS
from config.deployment.image import HEADS, HOME, USER
from config.deployment.programs import (
    LIVE_PATH,
    MIGRATE,
    PROGRAMS,
    READY_PATH,
    ProgramSpec,
)
from config.launcher import places

# How long a Service may go on sending to a Pod that is about to end.
_DRAIN_SECONDS: Final = 5
_OPEN: Final = {"type": "object"}
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer", "minimum": 0}

_NETWORK: Final = """\
networkPolicy:
  enabled: true
  # Who may ask the web server: as in a NetworkPolicy's `from`. Nobody while it is empty.
  webFrom: []
  # Where databases, Redis and DNS are: as in a NetworkPolicy's `egress`, beside what `own` makes.
  databases:
    - ports: [{port: 5432, protocol: TCP}, {port: 6379, protocol: TCP}]
  # Addresses that nothing is sent to: webhooks and processors are outside.
  insideNetworks:
    - 10.0.0.0/8
    - 100.64.0.0/10
    - 127.0.0.0/8
    - 169.254.0.0/16
    - 172.16.0.0/12
    - 192.168.0.0/16

"""


def files(notice: str) -> Mapping[str, str]:
    """Return the generated files of the chart by their place under `deploy/`."""
    return {
        "chart/Chart.yaml": _chart(notice),
        "chart/values.yaml": _values(notice),
        "chart/values.schema.json": json.dumps(_schema(), indent=2) + "\n",
        "chart/files/programs.yaml": _programs(notice),
    }


def _chart(notice: str) -> str:
    return f"""# {notice}
apiVersion: v2
name: rialto
description: The payment platform that a company runs itself
type: application
version: {places.version()}
appVersion: "{places.version()}"
kubeVersion: ">=1.27.0-0"
"""


def _programs(notice: str) -> str:
    told: dict[str, object] = {
        "user": USER,
        "home": HOME,
        "heads": HEADS,
        "drainSeconds": _DRAIN_SECONDS,
        "livePath": LIVE_PATH,
        "readyPath": READY_PATH,
        "secrets": list(SECRETS),
        "ownerSecret": OWNER,
        "migrate": {
            "args": list(MIGRATE.command),
            "seconds": MIGRATE.seconds,
            "memory": f"{MIGRATE.memory_mb}Mi",
        },
        "programs": {spec.name: _facts(spec) for spec in PROGRAMS},
    }
    # JSON is YAML, and says which is a number and which is a text.
    return f"# {notice}\n{json.dumps(told, indent=2)}\n"


def _facts(spec: ProgramSpec) -> Mapping[str, object]:
    args = ["serve", spec.name]
    if spec.port:
        args += ["--host", "0.0.0.0", "--port", str(spec.port)]  # noqa: S104  inside its Pod
    return {
        "args": args,
        "stopSeconds": spec.stop_seconds,
        "most": spec.most or 0,
        "port": spec.port or 0,
        "keeps": bool(spec.keeps),
    }


def _values(notice: str) -> str:
    programs = "\n".join(_program_values(spec) for spec in PROGRAMS)
    secrets = ", ".join(SECRETS)
    return f"""# {notice}
# docs/how-to/run-it-on-kubernetes.md says what to choose.

image:
  repository: rialto
  tag: ""  # the chart's own release
  digest: ""  # sha256:… of the image that you built; comes before the tag
  pullPolicy: IfNotPresent
  pullSecrets: []

# The host name that clients use. https is spoken by a proxy in front, which knows the secret.
domain: ""
trustedProxies: 1

# Further settings of docs/reference/settings.md, none of which is a secret.
settings: {{}}

existing:
  # A Secret with {secrets}.
  secretName: ""
  # A Secret with {OWNER}, which only migrating is told.
  ownerSecretName: ""

# True makes a PostgreSQL, a Redis and their secrets for this release: for trying, not for money
# that must outlive a node.
own:
  enabled: false
  postgresImage: {POSTGRES}
  redisImage: {REDIS}
  storage: 10Gi
  storageClass: ""

migrate:
  enabled: true
  memory: {MIGRATE.memory_mb}Mi

programs:
{programs}

# A claim in which workers keep the heads of the ledger's seals; several workers need ReadWriteMany.
headsClaim: ""

service:
  type: ClusterIP
  port: 80

{_NETWORK}podAnnotations: {{}}
nodeSelector: {{}}
tolerations: []
affinity: {{}}
"""


def _program_values(spec: ProgramSpec) -> str:
    most = f"  # {spec.most} at most" if spec.most else ""
    return f"""  # {spec.about}
  {spec.name}:
    replicas: {spec.replicas}{most}
    memory: {spec.memory_mb}Mi
    cpu: 100m"""


def _object(**properties: object) -> Mapping[str, object]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _schema() -> Mapping[str, object]:
    items = {"type": "array", "items": _OPEN}
    quantity = {"type": "string", "pattern": "^[0-9]+(Ki|Mi|Gi|Ti)$"}
    switch = {"type": "boolean"}
    return {
        **_object(
            image=_object(
                repository={"type": "string", "minLength": 1},
                tag=_TEXT,
                digest={"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"},
                pullPolicy={"enum": ["Always", "IfNotPresent", "Never"]},
                pullSecrets=items,
            ),
            domain={"type": "string", "minLength": 1},
            trustedProxies=_COUNT,
            settings={"type": "object", "additionalProperties": _TEXT},
            existing=_object(secretName=_TEXT, ownerSecretName=_TEXT),
            own=_object(
                enabled=switch,
                postgresImage=_TEXT,
                redisImage=_TEXT,
                storage=quantity,
                storageClass=_TEXT,
            ),
            migrate=_object(enabled=switch, memory=quantity),
            programs=_object(**{spec.name: _program_schema(spec) for spec in PROGRAMS}),
            headsClaim=_TEXT,
            service=_object(type={"enum": ["ClusterIP", "NodePort", "LoadBalancer"]}, port=_COUNT),
            networkPolicy=_object(
                enabled=switch,
                webFrom=items,
                databases=items,
                insideNetworks={"type": "array", "items": _TEXT},
            ),
            podAnnotations=_OPEN,
            nodeSelector=_OPEN,
            tolerations=items,
            affinity=_OPEN,
            # Helm's own.
            **{"global": _OPEN},
        ),
        "required": ["domain"],
    }


def _program_schema(spec: ProgramSpec) -> Mapping[str, object]:
    replicas = {"type": "integer", "minimum": 0} | ({"maximum": spec.most} if spec.most else {})
    return _object(
        replicas=replicas,
        memory={"type": "string", "pattern": "^[0-9]+(Mi|Gi)$"},
        cpu={"type": "string", "pattern": "^[0-9]+m?$"},
    )
