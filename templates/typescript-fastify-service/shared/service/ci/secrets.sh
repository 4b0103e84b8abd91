#!/bin/sh
# Fails when a commit of this branch, however old, has a secret in it. Needs the whole history, not a shallow clone.
set -eu
cd "$(dirname "$0")/.."
docker run --rm --network none --volume "$PWD:/repository:ro" \
    ghcr.io/gitleaks/gitleaks:v8.30.1@sha256:c00b6bd0aeb3071cbcb79009cb16a60dd9e0a7c60e2be9ab65d25e6bc8abbb7f \
    git --redact --no-banner /repository
