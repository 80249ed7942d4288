"""The Processing provider: algorithms, their parameters, outputs and models, over `core`."""
