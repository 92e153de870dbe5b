"""Live events: one socket per tab, a snapshot and then what changes. GET is the truth; this makes it fresher."""
