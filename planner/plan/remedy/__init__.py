"""What would make commitments whole: the cheapest changes of the input, each planned again."""
