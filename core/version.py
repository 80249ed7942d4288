"""The version, read by metadata checks, reports and stack histories."""

VERSION = "0.1.0"
