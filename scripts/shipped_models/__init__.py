"""The models that ship with the provider: a module for each, and what they share."""
