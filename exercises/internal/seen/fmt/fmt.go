// Package fmt stands in for the standard library's in a fix. It refuses to print what has
// another text in each build: addresses, functions, channels, contexts, and the types of
// package sync. So a fix cannot tell by it how it is run. Everything else is passed on.
//
//explore:native private
package fmt

import (
	std "fmt"
	"io"
)

type (
	Formatter  = std.Formatter
	GoStringer = std.GoStringer
	ScanState  = std.ScanState
	Scanner    = std.Scanner
	State      = std.State
	Stringer   = std.Stringer
)

func Append(b []byte, a ...any) []byte {
	look(a)
	return std.Append(b, a...)
}

func Appendf(b []byte, format string, a ...any) []byte {
	lookf(format, a)
	return std.Appendf(b, format, a...)
}

func Appendln(b []byte, a ...any) []byte {
	look(a)
	return std.Appendln(b, a...)
}

func Errorf(format string, a ...any) (err error) {
	lookf(format, a)
	return std.Errorf(format, a...)
}

func FormatString(state State, verb rune) string { return std.FormatString(state, verb) }

func Fprint(w io.Writer, a ...any) (n int, err error) {
	look(a)
	return std.Fprint(w, a...)
}

func Fprintf(w io.Writer, format string, a ...any) (n int, err error) {
	lookf(format, a)
	return std.Fprintf(w, format, a...)
}

func Fprintln(w io.Writer, a ...any) (n int, err error) {
	look(a)
	return std.Fprintln(w, a...)
}

func Fscan(r io.Reader, a ...any) (n int, err error) { return std.Fscan(r, a...) }

func Fscanf(r io.Reader, format string, a ...any) (n int, err error) {
	return std.Fscanf(r, format, a...)
}

func Fscanln(r io.Reader, a ...any) (n int, err error) { return std.Fscanln(r, a...) }

func Print(a ...any) (n int, err error) {
	look(a)
	return std.Print(a...)
}

func Printf(format string, a ...any) (n int, err error) {
	lookf(format, a)
	return std.Printf(format, a...)
}

func Println(a ...any) (n int, err error) {
	look(a)
	return std.Println(a...)
}

func Scan(a ...any) (n int, err error) { return std.Scan(a...) }

func Scanf(format string, a ...any) (n int, err error) { return std.Scanf(format, a...) }

func Scanln(a ...any) (n int, err error) { return std.Scanln(a...) }

func Sprint(a ...any) string {
	look(a)
	return std.Sprint(a...)
}

func Sprintf(format string, a ...any) string {
	lookf(format, a)
	return std.Sprintf(format, a...)
}

func Sprintln(a ...any) string {
	look(a)
	return std.Sprintln(a...)
}

func Sscan(str string, a ...any) (n int, err error) { return std.Sscan(str, a...) }

func Sscanf(str string, format string, a ...any) (n int, err error) {
	return std.Sscanf(str, format, a...)
}

func Sscanln(str string, a ...any) (n int, err error) { return std.Sscanln(str, a...) }
