"""What the findings look like: one format a file, each a function of the reports."""
