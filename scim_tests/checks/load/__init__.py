"""What is judged when a load is over, from what was counted: nothing here has an exchange to look at."""
