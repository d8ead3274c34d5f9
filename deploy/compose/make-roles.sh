#!/bin/sh
# Run once by the image of PostgreSQL, when its database is new: two log-ins, of which one owns the
# tables and the other can post money and never rewrite it.
set -eu
export PGPASSWORD="$(cat "${POSTGRES_PASSWORD_FILE:-/run/secrets/postgres_password}")"
folder="${SECRETS:-/run/secrets}"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" \
    --dbname "$POSTGRES_DB" --set database="$POSTGRES_DB" \
    --set owner="$(cat "$folder/owner_password")" --set app="$(cat "$folder/app_password")" <<'SQL'
CREATE ROLE rialto_owner LOGIN PASSWORD :'owner';
CREATE ROLE rialto_app LOGIN PASSWORD :'app';
ALTER DATABASE :"database" OWNER TO rialto_owner;
SQL
