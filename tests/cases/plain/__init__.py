"""The contract once more, as one plain linear program: nothing is shared with the program but the input."""
