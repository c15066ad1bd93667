package network

import (
	"net"
	"testing"
)

// connect returns the two ends of a connection.
func connect(t *testing.T) (dialled, accepted net.Conn) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if dialled, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if accepted, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return dialled, accepted
}

// A connection that nothing refers to any more is closed by its finalizer, so what reads
// from its other end goes on.
//
// want: pass
func TestForgotten(t *testing.T) {
	_, accepted := connect(t)
	go func() { _, _ = accepted.Read(make([]byte, 1)) }()
	go func() {}()
}

var kept net.Conn

// Nothing closes this one.
//
// want: leak: is left: it is in net.(*conn).Read (forgotten_test.go:42), and it does not return
func TestKept(t *testing.T) {
	dialled, accepted := connect(t)
	kept = dialled
	go func() { _, _ = accepted.Read(make([]byte, 1)) }()
	go func() {}()
}
