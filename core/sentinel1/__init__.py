"""Sentinel-1 IW SLC images to coregistered SLCs and interferograms: reader, orbit, geometry, TOPS carrier, ESD."""
