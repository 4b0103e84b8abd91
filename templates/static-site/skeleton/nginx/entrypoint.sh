#!/bin/sh
# Starts nginx, and stops it without losing a request: on SIGTERM it is first "not ready", goes on serving for DRAIN_SECONDS,
# so that load balancers look away, and then finishes what is under way.
#
# PORT  where to listen; DRAIN_SECONDS  5 unless set
# ROOT  the folder of the pages; NGINX_CONF  the configuration; TMPDIR  where to write. The image's own unless set
set -eu

port="${PORT:-${{ values.port }}}"
drain="${DRAIN_SECONDS:-5}"
case "$port$drain" in
*[!0-9]*)
    echo "PORT is \"$port\" and DRAIN_SECONDS is \"$drain\"; both must be whole numbers" >&2
    exit 1
    ;;
esac

tmp="${TMPDIR:-/tmp}"
conf="$tmp/nginx.conf"
stopping="$tmp/stopping"
rm -f "$stopping"
sed "s|/tmp/|$tmp/|; s|listen PORT;|listen $port;|; s|root ROOT;|root ${ROOT:-/usr/share/nginx/html};|" \
    "${NGINX_CONF:-/etc/nginx/nginx.conf}" >"$conf"

nginx -c "$conf" -g 'daemon off;' &
nginx=$!

# shellcheck disable=SC2329 # The trap calls it.
stop() {
    touch "$stopping"
    # In pieces that a signal can end, and no longer than nginx lives.
    while [ "$drain" -gt 0 ] && kill -0 "$nginx" 2>/dev/null; do
        sleep 1
        drain=$((drain - 1))
    done
    kill -QUIT "$nginx" 2>/dev/null || true
}
trap stop TERM INT QUIT

# A signal ends the first wait; the second is for nginx itself.
status=0
wait "$nginx" || status=$?
if [ -e "$stopping" ]; then
    status=0
    wait "$nginx" || status=$?
fi
exit "$status"
