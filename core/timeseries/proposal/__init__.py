"""Reference areas proposed from a displacement folder, with what each would change."""
