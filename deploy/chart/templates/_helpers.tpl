{{- define "rialto.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "rialto.labels" -}}
app.kubernetes.io/name: rialto
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "rialto.selector" -}}
app.kubernetes.io/name: rialto
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "rialto.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "rialto.secret" -}}
{{- if .Values.own.enabled -}}
{{ include "rialto.name" . }}-own
{{- else -}}
{{ required "Name a Secret in existing.secretName, or set own.enabled" .Values.existing.secretName }}
{{- end -}}
{{- end }}

{{- define "rialto.ownerSecret" -}}
{{- if .Values.own.enabled -}}
{{ include "rialto.name" . }}-own-passwords
{{- else -}}
{{ required "Name a Secret in existing.ownerSecretName, or set own.enabled" .Values.existing.ownerSecretName }}
{{- end -}}
{{- end }}

{{- define "rialto.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
fsGroup: {{ .user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "rialto.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "rialto.environment" -}}
- name: ALLOWED_HOSTS
  value: {{ .Values.domain | quote }}
- name: RIALTO_PUBLIC_URL
  value: {{ printf "https://%s" .Values.domain | quote }}
- name: RIALTO_TRUSTED_PROXIES
  value: {{ .Values.trustedProxies | quote }}
{{- if .Values.own.enabled }}
- name: RIALTO_DATABASE_WITHOUT_TLS
  value: "true"
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- $table := .Files.Get "files/programs.yaml" | fromYaml }}
{{- range $table.secrets }}
- name: {{ . }}_FILE
  value: /run/secrets/rialto/{{ . }}
{{- end }}
{{- end }}

{{- define "rialto.mounts" -}}
- name: secrets
  mountPath: /run/secrets/rialto
  readOnly: true
- name: home
  mountPath: {{ .home }}
- name: scratch
  mountPath: /tmp
{{- end }}

{{- define "rialto.volumes" -}}
{{- $table := .Files.Get "files/programs.yaml" | fromYaml }}
- name: secrets
  secret:
    secretName: {{ include "rialto.secret" . }}
    defaultMode: 0440
    items:
      {{- range $table.secrets }}
      - key: {{ . }}
        path: {{ . }}
      {{- end }}
- name: home
  emptyDir:
    sizeLimit: 64Mi
- name: scratch
  emptyDir:
    sizeLimit: 256Mi
{{- end }}
