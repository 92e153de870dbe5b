"""What ./studio does: set up, test, check, look around. Standard library only, since it runs before anything else."""
