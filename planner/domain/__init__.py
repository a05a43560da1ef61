"""What the input means: the frozen planning instance, and all that follows from it before there is a model."""
