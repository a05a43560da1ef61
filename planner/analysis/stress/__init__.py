"""What varies of what a plan counts on, and how well its responses then do."""
