"""Velocities of chosen windows of time, and their change at an event: works, rain, an earthquake, a new rule.

`windows` chooses dates and fits; `params` and `job` make a run of it, `report` its page.
"""
