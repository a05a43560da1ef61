"""What would make a commitment whole: the cheapest changes of the input, each planned again before it is reported."""
