"""Reading other programs' interferograms where they are: one module per family."""
