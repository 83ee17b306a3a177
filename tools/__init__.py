"""What sets the house up and holds it to its rules; nothing here runs in the service."""
