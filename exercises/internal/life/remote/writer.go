package remote

// Writer writes to the other end of a connection.
type Writer func([]byte) (int, error)

func (w Writer) Write(p []byte) (int, error) { return w(p) }
