"""What a displacement series is made of: trend, seasons, acceleration, steps, changes of rate; and its class."""
