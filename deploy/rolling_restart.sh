#!/bin/sh
# Renew the web workers of this host one after the other, so that nobody notices:
#   deploy/rolling_restart.sh hoc.example.vn 8001 8002 8003
# Each ends (its pages go to the others), begins, and has to say that it is ready before the next one's turn.
set -eu
name=$1
shift
host=${WEB_HOST:-127.0.0.1}
for port in "$@"; do
    echo "cunghoc-web@$port ..."
    systemctl restart "cunghoc-web@$port"
    tries=60
    until curl -fsS -o /dev/null -m 5 -H "Host: $name" -H "X-Forwarded-Proto: https" "http://$host:$port/readyz"; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "cunghoc-web@$port is not ready after a minute: the others were left as they are" >&2
            exit 1
        fi
        sleep 1
    done
done
systemctl try-restart cunghoc-work
