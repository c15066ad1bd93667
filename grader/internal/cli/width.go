package cli

import (
	"io"
	"os"
	"strconv"

	"github.com/charmbracelet/x/term"
)

// screen is the size, in columns and rows, of the terminal that w is. What is no terminal
// has as many columns as the variable COLUMNS says, and rows as LINES does. A width that is
// not known is 0.
func screen(w io.Writer) (columns, rows int) {
	if f, ok := w.(*os.File); ok {
		if columns, rows, err := term.GetSize(f.Fd()); err == nil && columns > 0 {
			return columns, rows
		}
	}
	columns, _ = strconv.Atoi(os.Getenv("COLUMNS"))
	if rows, err := strconv.Atoi(os.Getenv("LINES")); err == nil && rows > 0 {
		return max(columns, 0), rows
	}
	return max(columns, 0), pipeRows
}

// pipeRows is the height of what is no terminal, such as a file or a build's log. There is
// room for most pictures in full.
const pipeRows = 60

func width(w io.Writer) int {
	columns, _ := screen(w)
	return columns
}
