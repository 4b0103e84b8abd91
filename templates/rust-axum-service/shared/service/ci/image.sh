#!/bin/sh
# Builds the image, once, scans it and tells Slipway its digest. Every environment gets that same image, by digest.
#
# IMAGE       registry and repository, without a tag; `docker login` was done
# REVISION    the commit it is built from
# REPOSITORY  address of the repository
# BUILDER_CONTEXT  the context of the Docker daemon, where it is not the one at hand
# TRIVY_USERNAME, TRIVY_PASSWORD  who may pull IMAGE, for the scan
# and what record.sh needs.
set -eu
cd "$(dirname "$0")/.."

build="$(mktemp)"
trap 'rm -f "$build"' EXIT

# One plain manifest without attestations beside it: not every runtime takes an index.
docker buildx create --driver docker-container --use ${BUILDER_CONTEXT:+"$BUILDER_CONTEXT"}
docker buildx build . \
    --push \
    --platform linux/amd64 \
    --provenance false \
    --tag "$IMAGE:$REVISION" \
    --label "org.opencontainers.image.revision=$REVISION" \
    --label "org.opencontainers.image.source=$REPOSITORY" \
    --cache-from "type=registry,ref=$IMAGE:build-cache" \
    --cache-to "type=registry,ref=$IMAGE:build-cache,mode=max,image-manifest=true,oci-mediatypes=true" \
    --metadata-file "$build"
DIGEST="$(jq --exit-status --raw-output '."containerimage.digest"' "$build")"
BUILT_AT="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
export DIGEST BUILT_AT

# Only what has been mended can be mended here: a vulnerability without a fix stops nobody.
docker run --rm --env TRIVY_USERNAME --env TRIVY_PASSWORD \
    ghcr.io/aquasecurity/trivy:0.69.3@sha256:bcc376de8d77cfe086a917230e818dc9f8528e3c852f7b1aff648949b6258d1c \
    image --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed --no-progress "$IMAGE@$DIGEST"

sh ci/record.sh
