"""Ground movement along a line: chainage, profile, differential settlement, affected zones."""
