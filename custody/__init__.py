"""Electronic evidence chain of custody. Import the submodule that you need: this package imports nothing."""
