"""What the rows say: questions, and the laws that answer how sure it is."""
