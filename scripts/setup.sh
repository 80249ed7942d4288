#!/usr/bin/env bash
# Installs the system packages that are missing; quick when none is. Debian or Ubuntu.
set -euo pipefail

PACKAGES=(qgis python3-qgis qgis-providers python3-gdal python3-scipy python3-matplotlib python3-pytest
    python3-pytest-xdist python3-h5py python3-venv libopenblas0-pthread xvfb xauth debootstrap)

if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian system. Install QGIS 3.22 or later with its Python bindings, scipy, matplotlib" \
        "and pytest by your own means." >&2
    exit 0
fi

missing=()
for package in "${PACKAGES[@]}"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
        missing+=("$package")
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

echo "Installing: ${missing[*]}"
if [ "$(id -u)" != 0 ]; then
    echo "Not root. Run this, then make again:" >&2
    echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q install -y --no-install-recommends "${missing[@]}"
