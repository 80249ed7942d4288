"""Line of sight: incidence and the unit vector from ground to satellite, per pixel or constant."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .raster import StackReader, Window
from .stack import Stack

Float32 = NDArray[np.float32]


def incidence(stack: Stack, reader: StackReader, window: Window) -> Float32:
    """Incidence angle at the ground [rad], shape of the window."""
    geometry = stack.geometry
    if "incidence" in geometry:
        return reader.read(geometry["incidence"], window)
    if "los_up" in geometry:
        return np.arccos(np.clip(reader.read(geometry["los_up"], window), -1.0, 1.0))
    if "los_elevation" in geometry:
        return np.float32(math.pi / 2) - reader.read(geometry["los_elevation"], window)
    return np.full((window.height, window.width), math.radians(constant_incidence(stack)), np.float32)


def unit_vector(stack: Stack, reader: StackReader, window: Window) -> tuple[Float32, Float32, Float32]:
    """(east, north, up) of the unit vector from ground to satellite; NaN where unknown.

    From the product's own components or angles; else from the constant heading h (clockwise
    from north) of a right-looking satellite: east = -sin(theta) cos(h), north = sin(theta) sin(h);
    both turned where the stack's metadata say that it looks to the left.
    """
    geometry = stack.geometry
    if {"los_east", "los_north", "los_up"} <= set(geometry):
        return (
            reader.read(geometry["los_east"], window),
            reader.read(geometry["los_north"], window),
            reader.read(geometry["los_up"], window),
        )
    if {"los_elevation", "los_orientation"} <= set(geometry):
        elevation = reader.read(geometry["los_elevation"], window)
        orientation = reader.read(geometry["los_orientation"], window)
        level = np.cos(elevation)
        return level * np.cos(orientation), level * np.sin(orientation), np.sin(elevation)
    theta = incidence(stack, reader, window)
    heading = stack.metadata.get("heading_deg")
    if heading is None:
        unknown = np.full(theta.shape, np.nan, np.float32)
        return unknown, unknown.copy(), np.cos(theta)
    angle = math.radians(float(heading))
    level = -np.sin(theta) if stack.metadata.get("look") == "left" else np.sin(theta)
    return level * np.float32(-math.cos(angle)), level * np.float32(math.sin(angle)), np.cos(theta)


def has_incidence(stack: Stack) -> bool:
    """Whether an incidence angle is known at all."""
    known = {"incidence", "los_up", "los_elevation"} & set(stack.geometry)
    return bool(known) or "incidence_deg" in stack.metadata


def constant_incidence(stack: Stack) -> float:
    """The scene's incidence [deg] from the metadata; refused when absent."""
    value = stack.metadata.get("incidence_deg")
    if value is None:
        raise InputError(
            "Incidence angle", "unknown", "a stack with an incidence", "Import the folder again and state the incidence"
        )
    return float(value)
