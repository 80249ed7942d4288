"""Adaptive filtering of wrapped interferograms: homogeneous neighbours, averages, coherence."""
