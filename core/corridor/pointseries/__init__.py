"""Series at marked places: means with spread, groups, and what drives them."""
