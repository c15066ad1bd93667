package remote

// Writer writes to another end.
type Writer func([]byte) (int, error)

func (w Writer) Write(p []byte) (int, error) { return w(p) }
