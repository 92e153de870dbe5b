"""Every write to the database: one function is one change, in one short transaction without other I/O."""
