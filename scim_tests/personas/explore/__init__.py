"""What anybody may say in any order, one request a move."""
