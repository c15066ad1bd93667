module deadly

go 1.25
