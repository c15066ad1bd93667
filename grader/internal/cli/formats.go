package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// target is a format and the file it is written to; "" is standard output.
type target struct{ format, file string }

// targetsOf reads --format NAME[=FILE], which may be repeated. As long as nothing else is
// to be written there, the report goes to the terminal as well.
func targetsOf[Format any](flags []string, formats map[string]Format) (targets []target, err error) {
	for _, f := range flags {
		name, file, _ := strings.Cut(f, "=")
		if _, ok := formats[name]; !ok {
			return nil, usageError{fmt.Errorf("there is no format %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))}
		}
		if err := canHold(file); err != nil {
			return nil, usageError{err}
		}
		targets = append(targets, target{name, file})
	}
	if !slices.ContainsFunc(targets, func(t target) bool { return t.file == "" }) {
		targets = append([]target{{format: "terminal"}}, targets...)
	}
	return targets, nil
}

// canHold tells before the work begins why a report cannot go into a file.
func canHold(file string) error {
	if file == "" {
		return nil
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder; name a file for the report", file)
	}
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return fmt.Errorf("there is no folder for %s; create it first", file)
	}
	return nil
}

// writeTargets writes a report in every format. If one cannot be written, it continues
// with the others.
func (a *app) writeTargets(targets []target, write func(io.Writer, target) error) error {
	var errs []error
	for _, t := range targets {
		var text bytes.Buffer
		err := write(&text, t)
		if err == nil {
			err = a.deliver(t, text.Bytes())
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("writing the %s report: %w", t.format, err))
		}
	}
	return errors.Join(errs...)
}

func (a *app) deliver(t target, text []byte) error {
	if t.file == "" {
		return writeTo(a.stdout, t.format, text)
	}
	f, err := os.OpenFile(filepath.Clean(t.file), os.O_CREATE|os.O_WRONLY|appendOrTruncate(t.format), 0o644)
	if err != nil {
		return err
	}
	return errors.Join(writeTo(f, t.format, text), f.Close())
}

// appendOrTruncate returns a flag for opening a file: other steps of a job may have written to its outputs before.
func appendOrTruncate(format string) int {
	if format == "outputs" {
		return os.O_APPEND
	}
	return os.O_TRUNC
}

func writeTo(w io.Writer, format string, text []byte) error {
	if format == "terminal" || format == "github" {
		return paint(w, string(text))
	}
	_, err := w.Write(text)
	return err
}
