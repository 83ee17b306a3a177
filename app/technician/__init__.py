"""The technicians' door: a phone, gloves, rain."""
