"""Salt mining: the water-solution-kinetic model, brine, funnels, comparators and sensitivity."""
