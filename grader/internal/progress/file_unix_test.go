//go:build unix

package progress

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whatever kind of file has that name, reading it ends with an error that says what to do.
func TestLoadOfWhatIsNoFile(t *testing.T) {
	for what, lay := range map[string]func(name string) error{
		"a pipe":                func(name string) error { return syscall.Mkfifo(name, 0o644) },
		"a link to a device":    func(name string) error { return os.Symlink("/dev/zero", name) },
		"a link to a terminal":  func(name string) error { return os.Symlink("/dev/tty", name) },
		"a link to another":     func(name string) error { return link(name, "other") },
		"a link to itself":      func(name string) error { return os.Symlink(name, name) },
		"a folder":              func(name string) error { return os.Mkdir(name, 0o755) },
		"10 GB":                 func(name string) error { return sized(name, 10<<30) },
		"a byte more than most": func(name string) error { return sized(name, most+1) },
		"a socket":              socket,
	} {
		dir := t.TempDir()
		t.Chdir(dir) // a socket's name is short
		require.NoError(t, lay(FileName), what)
		p, _, err := Load(dir)
		assert.ErrorContains(t, err, "remove it", what)
		assert.Empty(t, p, what)
		assert.NoError(t, os.Remove(filepath.Join(dir, FileName)), "it can be removed")
	}
}

func sized(name string, n int64) error {
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		return err
	}
	return os.Truncate(name, n)
}

func link(name, to string) error {
	if err := os.WriteFile(to, []byte(header+"\n"), 0o644); err != nil {
		return err
	}
	return os.Symlink(to, name)
}

func socket(name string) error {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	return syscall.Bind(fd, &syscall.SockaddrUnix{Name: name})
}
