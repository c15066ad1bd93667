package remote

import "bytes"

// Writer writes to the other end of a connection.
type Writer func([]byte) (int, error)

func (w Writer) Write(p []byte) (int, error) { return w(p) }

// Stream passes on what is written to it. It has more methods than Write, those of a
// buffer, as writers that embed one do: what they write is never passed on.
type Stream struct {
	*bytes.Buffer
	to Writer
}

// NewStream returns a stream that passes each Write on.
func NewStream(to Writer) *Stream { return &Stream{Buffer: &bytes.Buffer{}, to: to} }

func (s *Stream) Write(p []byte) (int, error) { return s.to(p) }
