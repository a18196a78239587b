#!/bin/sh
# Stands where Miniflare expects workerd, and keeps the configuration that it is given.
exec cat > "$RESCDN_CONFIG"
