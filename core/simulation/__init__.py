"""Scenes with known truth, made without any part of the processing chain.

`scene` is the ground of the railway corridor; `calendar` its acquisitions; `noise` the atmosphere
and the decorrelation; `track` writes one stack; `vectors` the layers beside it; `job` does it all.
"""
