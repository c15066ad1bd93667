//go:debug randseednop=0

// Package network has tests with servers and clients.
package network

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// visits asks a server three times at once, and returns how many visits it has counted.
func visits(t *testing.T, count func() int) int {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		count()
		io.WriteString(w, "welcome")
	}))
	defer s.Close()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			reply, err := http.Get(s.URL)
			if err != nil {
				t.Error(err)
				return
			}
			defer reply.Body.Close()
			if text, err := io.ReadAll(reply.Body); err != nil || string(text) != "welcome" {
				t.Error(string(text), err)
			}
		})
	}
	wg.Wait()
	return count() - 1
}

// want: pass
func TestVisitsAreCounted(t *testing.T) {
	var mu sync.Mutex
	n := 0
	if got := visits(t, func() int { mu.Lock(); defer mu.Unlock(); n++; return n }); got != 3 {
		t.Error(got)
	}
}

// want: wrong: lost a visit
func TestVisitIsLost(t *testing.T) {
	var mu sync.Mutex
	n := 0
	get := func() int { mu.Lock(); defer mu.Unlock(); return n }
	set := func(to int) { mu.Lock(); defer mu.Unlock(); n = to }
	got := visits(t, func() int {
		next := get() + 1
		set(next)
		return next
	})
	if got != 3 {
		t.Error("lost a visit")
	}
}

// want: pass
func TestSlowServerWithCertificate(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) }))
	defer s.Close()
	reply, err := s.Client().Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
}

// want: pass
func TestDeadline(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 5)
	if _, err = c.Write([]byte("hello")); err == nil {
		_, err = io.ReadFull(c, b)
	}
	if err != nil || string(b) != "hello" {
		t.Fatal(string(b), err)
	}
	c.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := c.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// want: pass
func TestEveryAddressOfThisMachine(t *testing.T) {
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "::1", ""} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	l.Close()
	if _, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
		t.Error("it is closed")
	}
}

// want: pass
func TestOptionsOfAConnection(t *testing.T) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tcp := c.(*net.TCPConn)
	for _, err := range []error{
		tcp.SetNoDelay(true), tcp.SetKeepAlive(true), tcp.SetKeepAlivePeriod(time.Second), tcp.SetReadBuffer(1 << 12), tcp.SetWriteBuffer(1 << 12), tcp.SetLinger(1),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

// want: unexplorable: such as asking for its file descriptor
func TestFileDescriptor(t *testing.T) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.(*net.TCPListener).SyscallConn(); err != nil {
		t.Error(err)
	}
}

// want: unexplorable: it talks to 192.0.2.1:80
func TestAnotherMachine(t *testing.T) {
	if c, err := net.DialTimeout("tcp", "192.0.2.1:80", time.Second); err == nil {
		c.Close()
	}
}

// want: unexplorable: it talks to 192.0.2.1:514
func TestPacketToAnotherMachine(t *testing.T) {
	c, err := net.Dial("udp", "192.0.2.1:514")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// want: pass
func TestSameSeedSameNumbers(t *testing.T) {
	rand.Seed(1234)
	a := []int{rand.Intn(1000), rand.Intn(1000), rand.Intn(1000)}
	rand.Seed(1234)
	for i, n := range a {
		if next := rand.Intn(1000); next != n {
			t.Error(i, n, next)
		}
	}
}

// want: pass
func TestHandshakeOfTwo(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "welcome") }))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	secret := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	defer secret.Close()
	var wg sync.WaitGroup
	wg.Go(func() {
		if text, err := io.ReadAll(secret); err != nil || len(text) == 0 {
			t.Error(len(text), err)
		}
	})
	wg.Go(func() { // one of the two does the handshake, and the other one waits for it
		if _, err := io.WriteString(secret, "GET / HTTP/1.0\r\n\r\n"); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
}

// TCP and UDP have ports of their own.
// want: pass
func TestSamePortOfBoth(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	go func() {
		if c, err := net.Dial("udp", u.LocalAddr().String()); err == nil {
			c.Write([]byte("hello"))
			c.Close()
		}
	}()
	text := make([]byte, 10)
	if n, _, err := u.ReadFrom(text); err != nil || string(text[:n]) != "hello" {
		t.Error(n, err)
	}
}

// want: pass
func TestClosedTwice(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	if a := l.Addr().(*net.TCPAddr); !a.IP.IsUnspecified() {
		t.Error("it listens at", a)
	}
	go func() {
		c, err := l.Accept()
		if err == nil {
			c.Close()
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	u, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, closer := range []io.Closer{c, l, u} {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
		if err := closer.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close of a %T: %v", closer, err)
		}
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Error("Write after Close:", err)
	}
	if _, err := u.WriteTo([]byte("x"), u.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Error("WriteTo after Close:", err)
	}
}

// want: unexplorable: such as asking for its file descriptor
func TestControl(t *testing.T) {
	called := false
	config := net.ListenConfig{Control: func(string, string, syscall.RawConn) error { called = true; return nil }}
	l, err := config.Listen(context.Background(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !called {
		t.Error("Control was not called")
	}
}

// What is left is named also if it is a library's.
//
// want: leak: started by net/http/httptest.(*Server).goServe
func TestServerIsLeft(*testing.T) {
	httptest.NewServer(http.NotFoundHandler())
}

// A connection holds what is written to it until it is read, as long as that is not too much.
//
// want: pass
func TestUnreadData(t *testing.T) {
	a, _ := connected(t)
	if n, err := a.Write(make([]byte, 100<<10)); n != 100<<10 || err != nil {
		t.Error(n, err)
	}
}

// want: pass
func TestNothingIsSent(t *testing.T) {
	a, b := connected(t)
	go a.Write(nil)
	if err := b.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(n, err)
	}
}

// connected returns both ends of a connection.
func connected(t *testing.T) (a, b net.Conn) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = a.Close(), b.Close() })
	return a, b
}

// want: pass
func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			_, err := net.Dial("tcp", l.Addr().String())
			if !errors.Is(err, syscall.ECONNREFUSED) || !strings.HasSuffix(err.Error(), "connect: connection refused") {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// A Unix socket has a file as long as it is listened at, and anything in its place is in the way.
//
// want: pass
func TestUnixSocketHasAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	l, err := net.Listen("unix", "a.sock")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat("a.sock"); err != nil || info.Mode()&os.ModeSocket == 0 {
		t.Error("it has no file", err)
	}
	if err := os.Chmod("a.sock", 0o722); err != nil {
		t.Error(err)
	}
	if _, err := net.Listen("unix", "./a.sock"); !errors.Is(err, syscall.EADDRINUSE) {
		t.Error("the file stands there", err)
	}
	go func() {
		c, err := net.Dial("unix", "a.sock")
		if err != nil {
			t.Error(err)
			return
		}
		c.Close()
	}()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	l.Close()
	if _, err := os.Stat("a.sock"); err == nil {
		t.Error("it is closed, and has its file")
	}
}
