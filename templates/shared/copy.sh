#!/bin/sh
# Gives every template anew the shared folders that it has.
set -eu
cd "$(dirname "$0")"
for copy in ../*/shared/*/; do
    name="$(basename "$copy")"
    rm -r "$copy"
    cp -R "$name" "$copy"
done
