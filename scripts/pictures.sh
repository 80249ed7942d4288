#!/usr/bin/env bash
# Takes the pictures of docs/images from the demonstration, in a real QGIS on a virtual screen.
#   scripts/pictures.sh [DEMO_FOLDER]        the demonstration is made there if it is not yet
# Needs xvfb; pngquant and optipng make the files small.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
demo=${1:-/tmp/groundline-demo}
images=$root/docs/images
for tool in xvfb-run pngquant optipng; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install xvfb pngquant optipng" >&2; exit 2; }
done
[ -f "$demo/corridor/result.json" ] || GROUNDLINE_DEMO="$demo" "$root/scripts/demo.sh"
[ -f "$demo/fringes.png" ] || GROUNDLINE_DEMO="$demo" "$root/scripts/demo.sh" sentinel1

work=$(mktemp -d -p /var/tmp)  # QGIS marks layers in its temporary folder, so that is not the one of the demonstration
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/plugins" "$work/tmp" "$work/images" "$images"
ln -s "$root" "$work/plugins/groundline"
TMPDIR="$work/tmp" QT_QPA_PLATFORM=xcb QGIS_PLUGINPATH="$work/plugins" PYTHONDONTWRITEBYTECODE=1 \
    GROUNDLINE_DEMO="$demo" GROUNDLINE_PICTURES="$work/images" \
    xvfb-run -a -s "-screen 0 1600x1000x24" qgis --nologo --noversioncheck --profiles-path "$work/profile" \
    --code "$root/scripts/pictures_desktop.py" 2> >(grep -v "XDG_RUNTIME_DIR\|setapi() is deprecated" >&2)

/usr/bin/python3 "$root/scripts/report_figure.py" "$demo/network/network.html" 1 "$work/images/network.png"
cp "$demo/corridor/profile.png" "$work/images/profile.png"
cp "$demo/map.png" "$demo/fringes.png" "$work/images/"
for picture in qgis-window sbas-dialog modeler network profile map fringes; do
    pngquant --quality 70-95 --strip --force --output "$images/$picture.png" "$work/images/$picture.png"
    optipng -quiet -o5 "$images/$picture.png"
done
du -ch "$images"/*.png
