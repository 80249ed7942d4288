"""The interferogram network: which pairs are used, and why.

`graph` counts parts, bridges and loops; `correlation` ranks pairs and images; `decide` applies
thresholds, edits and repair proposals; `edits` reads and writes the CSV; `job` does a whole run.
"""
