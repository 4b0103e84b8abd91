#!/bin/sh
# Tells Slipway which image was built from which commit. Saying it twice does no harm: Slipway knows an artifact by its digest.
#
# IMAGE, DIGEST, REVISION, BUILT_AT  what was built, from what, and when (RFC 3339)
# SOURCE         address of this run of the pipeline
# SLIPWAY_URL    address of Slipway; without it nothing is recorded
# SLIPWAY_TOKEN  a token that may record artifacts
set -eu

if [ -z "${SLIPWAY_URL:-}" ]; then
    echo "SLIPWAY_URL is not set, so nothing is recorded: docs/pipeline.md says how to connect this repository."
    exit 0
fi

artifact="$(
    jq --null-input \
        --arg service 'order-intake' \
        --arg image "$IMAGE" \
        --arg digest "$DIGEST" \
        --arg revision "$REVISION" \
        --arg built_at "$BUILT_AT" \
        --arg source "$SOURCE" \
        '{$service, $image, $digest, $revision, $built_at, $source}'
)"
# The token goes through standard input, so that no list of processes shows it.
printf 'header = "Authorization: Bearer %s"\n' "$SLIPWAY_TOKEN" |
    curl --config - --fail-with-body --silent --show-error \
        --max-time 30 --retry 5 --retry-all-errors \
        --header 'Content-Type: application/json' \
        --data "$artifact" \
        "${SLIPWAY_URL%/}/api/v1/artifacts"
