#!/usr/bin/env bash
# From a folder of interferograms to a velocity map and a railway profile, through qgis_process.
#   scripts/demo.sh [DATA_FOLDER LINE_FILE]        without arguments: the simulated scene
#   scripts/demo.sh sentinel1                      from simulated Sentinel-1 images to a map of fringes
# Results go to the folder `demo` (or $GROUNDLINE_DEMO).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=${GROUNDLINE_DEMO:-$root/demo}
[ "${1:-}" = sentinel1 ] && images=yes && shift
data=${1:-}
line=${2:-}
if [ -n "$data" ] && [ -z "$line" ]; then
    echo "Give the line too: make demo DATA=folder LINE=file" >&2
    exit 2
fi
for path in ${data:+"$data"} ${line:+"$line"}; do
    [ -e "$path" ] || { echo "There is no '$path'. Check the path." >&2; exit 2; }
done

mkdir -p "$out/.plugins"
ln -sfn "$root" "$out/.plugins/groundline"
export QT_QPA_PLATFORM=offscreen QT_LOGGING_RULES="*.warning=false" QGIS_PLUGINPATH="$out/.plugins" QGIS_CUSTOM_CONFIG_PATH="$out/.profile"
# Debian 12 wraps qgis_process in a script that passes it a wrong option.
process=$(command -v qgis_process.bin || command -v qgis_process)

run() {
    echo
    echo "== $1"
    "$process" run "groundline:$1" -- "${@:2}" 2> >(grep -v "XDG_RUNTIME_DIR\|setapi() is deprecated" >&2)
}
"$process" plugins enable groundline >"$out/.enable.log" 2>&1 || grep -qi "already enabled" "$out/.enable.log" || {
    cat "$out/.enable.log" >&2
    exit 1
}

if [ -n "${images:-}" ]; then
    run simulate SCENARIO=tops SIZE=small COLUMNS="${GROUNDLINE_DEMO_COLUMNS:-4096}" OUTPUT="$out/images"
    run sentinel1interferograms INPUT="$out/images/images" DEM="$out/images/dem.tif" HEIGHTS=ellipsoid SWATH=IW2 \
        LOOKS=4x16 WORKSPACE="$out"
    /usr/bin/python3 "$root/scripts/fringe_image.py" "$out/geocoded" "$out/fringes.png"
    echo
    echo "Interferogram on the map   $out/geocoded/phase  (coherence, geometry and report.html beside it)"
    echo "Every pair, to judge       $out/interferograms/report.html"
    echo "Map as picture             $out/fringes.png"
    exit
fi

reference=()
if [ -z "$data" ]; then
    run simulate SCENARIO=corridor SEED=1 SIZE="${GROUNDLINE_DEMO_SIZE:-medium}" OUTPUT="$out/scene"
    data=$out/scene/track040
    line=$out/scene/railway.geojson
    reference=(REFERENCE="$out/scene/reference_areas.geojson")
fi
run railwaycorridor INPUT="$data" LINE="$line" "${reference[@]}" WORKSPACE="$out"
/usr/bin/python3 "$root/scripts/map_image.py" "$out" "$line" "$out/map.png"

echo
echo "Velocity map       $out/displacement/velocity.tif  (points.gpkg, layers.qlr and report.html beside it)"
echo "Railway profile    $out/corridor/report.html"
echo "Map as picture     $out/map.png"
