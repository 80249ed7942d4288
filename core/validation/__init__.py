"""Two tracks against each other and against the ground; east and up from several tracks."""
