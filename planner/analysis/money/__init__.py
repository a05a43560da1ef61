"""What money buys: prices of budgets, idle money, and the least that makes a commitment whole."""
