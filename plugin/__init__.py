"""The desktop side of Groundline: menu, dialogs and settings."""
