module search

go 1.25.0
