"""Corrections of interferograms and of displacement series: ramps, stratified delay, GACOS, space-time filter.

Each estimates or reads one screen per date and takes differences of screens from the interferograms, so that
triplets close as before. `source` opens what is corrected; `screens` writes what is removed; `pairfolder` and
`seriesfolder` write the corrected stack or displacement folder; `deramp`, `gacos` and `aps` are the jobs.
"""
