"""Pages of those who set the service up for their municipality."""
