package report

import (
	_ "embed"
	"encoding/json"
	"io"

	"heisenkata/grader/internal/grade"
)

// Schema is the JSON Schema of what the JSON format writes.
//
//go:embed report.v1.schema.json
var Schema []byte

// writeJSON writes the whole report, for programs: heisenkata/report/v1.
func writeJSON(w io.Writer, r grade.Report) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
