#!/bin/sh
# Draws what compose.yaml gives its programs by files, once, into secrets/ beside this script.
# What is there already is kept: a lost secret cannot be drawn again.
set -eu
umask 077
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
# Compose mounts files as they are, for users of other numbers: the folder keeps everybody else out.
chmod 0700 "$folder"

put() {
    [ -e "$folder/$1" ] || printf '%s\n' "$2" > "$folder/$1"
    chmod 0444 "$folder/$1"
}

draw() {
    put "$1" "$(openssl rand -hex 32)"
}

for name in secret_key rialto_key_pepper rialto_encryption_key rialto_proxy_secret \
    postgres_password owner_password app_password; do
    draw "$name"
done
owner=$(cat "$folder/owner_password")
app=$(cat "$folder/app_password")
put database_owner_url "postgres://rialto_owner:$owner@postgres:5432/rialto"
put database_url "postgres://rialto_app:$app@postgres:5432/rialto"
if [ ! -e "$folder/redis_users" ]; then
    redis=$(openssl rand -hex 32)
    put redis_url "redis://rialto:$redis@redis:6379/0"
    hash=$(printf %s "$redis" | openssl dgst -sha256 -r | cut -d' ' -f1)
    # Of scripts only the one that counts limits; docs/how-to/run-it.md says why.
    put redis_users "user default off
user rialto on #$hash ~* &* +@all -@scripting +evalsha +script|load -@admin +client"
fi
echo "Keep a copy of $folder on another machine: without rialto_key_pepper no key works, and"
echo "without rialto_encryption_key no webhook is signed."
