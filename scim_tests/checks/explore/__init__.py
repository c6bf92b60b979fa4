"""What is judged of a conversation that nobody wrote: what each answer shows, beside what must be there by then."""
