// Package page writes self-contained HTML pages: a score, verdicts, and findings with their
// interleaving as lanes that can be stepped through. It is pure: it reads values and writes
// to a writer, and nothing else.
//
// A page works offline and without its script, prints, and has a policy that runs no script
// and loads nothing but what is in it. All strings that it is given are escaped; making
// them printable is up to their owner (package harmless).
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"heisenkata/grader/internal/explored"
)

// Limit bounds a page, in bytes. Findings that would make it larger are shown without their
// lanes, or not at all, and tables without their last rows.
// A page of several parts, such as the report on all exercises, may be as large as ReportLimit.
const (
	Limit       = 300_000
	ReportLimit = 900_000
)

func (d Document) limit() int {
	if len(d.Parts) > 1 {
		return ReportLimit
	}
	return Limit
}

// restSize is what else is in a page, in bytes: headings, notes.
const restSize = 30_000

// Document is a page.
type Document struct {
	Title  string
	Lead   []string // sentences below the title
	Nav    []Link   // to other pages
	Facts  []string // what a reader has to know to trust it, in small print
	Tables []Table
	Parts  []Part
	Game   *Game // below the parts
	// Sources returns the text of a file that a finding names; nil or "" if there is none.
	Sources func(file string) string
}

// Link is a file beside the page.
type Link struct{ Text, File string }

// Sign is a verdict at a glance, also in words.
type Sign string

// The signs.
const (
	Good  Sign = "good"
	Bad   Sign = "bad"
	Doubt Sign = "doubt"
)

// Mark is the sign as a character.
func (s Sign) Mark() string {
	return map[Sign]string{Good: "✓", Bad: "✗", Doubt: "?"}[s]
}

// Table is rows under a heading.
type Table struct {
	Caption string
	Head    []string // of the columns after the sign's
	Rows    []Row
	Left    int // rows that are not shown
}

// within is a table with as many of its rows as there is room for, in bytes.
func (t Table) within(room *int) Table {
	for i, r := range t.Rows {
		*room -= rowSize
		for _, cell := range r.Cells {
			*room -= len(cell) + cellSize
		}
		if *room < 0 {
			t.Left, t.Rows = len(t.Rows)-i, t.Rows[:i]
			break
		}
	}
	return t
}

// What a row's markup takes, and a cell's, in bytes.
const (
	rowSize  = 90
	cellSize = 10
)

// Row is a row of a table.
type Row struct {
	Sign  Sign
	Link  string // of its first cell: a part's "#id", or the name of a file beside the page
	Cells []string
}

// Part is a section: an exercise, or a package.
type Part struct {
	ID       string
	Title    string
	Sign     Sign
	Verdict  string
	Texts    []string
	Tables   []Table
	Findings []Finding
}

// Finding is what counts against a test.
type Finding struct {
	Title  string
	Story  []string       // the first sentence says what went wrong
	Fails  *explored.Spot // the line that fails
	Places []Place        // lines that matter, where no interleaving shows them
	Means  string
	Test   *explored.Test // the schedule, if one is known
	Text   string         // shown as it is, where there is no schedule: a picture
	Output string
	Notes  []string
	Again  []Again
}

// Place is a line of source and its part in a finding.
type Place struct{ At, Role, Code string }

// Again is a command that shows something again.
type Again struct{ What, Command string }

//go:embed web/page.html
var pageText string

//go:embed web/finding.html
var findingText string

//go:embed web/game.html
var gameText string

//go:embed web/page.css
var styleText string

//go:embed web/steps.js
var scriptText string

//go:embed web/game.css
var gameStyleText string

//go:embed web/game.js
var gameScriptText string

var templates = parsed(map[string]string{"page": pageText, "finding": findingText, "games": gameText})

func parsed(texts map[string]string) *template.Template {
	all := template.New("")
	for name, text := range texts {
		template.Must(all.New(name).Parse(unixLines(text)))
	}
	return all
}

// unixLines: a browser hashes styles and scripts with such ends of lines.
func unixLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// Write writes a page.
func Write(w io.Writer, d Document) error {
	var b bytes.Buffer
	style, script, game := styleText, scriptText, gameOf(d.Game, d.Sources)
	if game.size() > 0 {
		style, script = style+gameStyleText, script+gameScriptText
	}
	v := view{Document: d, Style: template.CSS(unixLines(style)), Script: template.JS(unixLines(script)), Game: game}
	v.Policy = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src " + hash(string(v.Style)) + "; script-src " + hash(string(v.Script))
	room := d.limit() - len(style) - len(script) - restSize - game.size()
	lists := room / 3
	v.Tables = tablesWithin(d.Tables, &lists)
	var err error
	if v.Parts, err = partViews(d, room-room/3, &lists); err != nil {
		return err
	}
	if err := templates.ExecuteTemplate(&b, "page", v); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// view is a document as the template reads it.
type view struct {
	Document
	Style  template.CSS
	Script template.JS
	Policy string
	Parts  []partView
	Game   *gameView
}

type partView struct {
	Part
	Findings []template.HTML // written by the finding template
	Left     int             // findings that are not shown
}

// findingView is a finding as the template reads it.
type findingView struct {
	Finding
	Number int  // on the page, from 1 on
	Titled bool // its part has a heading
	Short  bool // its lanes are left out
	Scene  explored.Scene
	Drawn  *drawing // nil if there is nothing to draw
	Graph  *graph
	Steps  []stepView
	Files  []listing
}

// Level is that of its heading: there may be a part's above it.
func (v *findingView) Level() int {
	if v.Titled {
		return 3
	}
	return 2
}

// Sub is the level of the headings within it.
func (v *findingView) Sub() int {
	if v.Title == "" {
		return v.Level()
	}
	return v.Level() + 1
}

// Of tells its regions from those of other findings.
func (v *findingView) Of() string {
	if v.Number == 1 {
		return ""
	}
	return fmt.Sprintf(", finding %d", v.Number)
}

// Said is the story in sentences that begin like one.
func (v *findingView) Said() (sentences []string) {
	for _, s := range v.Story {
		sentences = append(sentences, Capital(s))
	}
	return sentences
}

// Capital begins a sentence like one, unless it begins with a name.
func Capital(sentence string) string {
	if rest, ok := strings.CutPrefix(sentence, "the "); ok {
		return "The " + rest
	}
	return sentence
}

// whole is the finding with its interleaving, if that is known.
func (v findingView) whole(sources func(string) string) *findingView {
	if v.Test == nil {
		return &v
	}
	scene, ok := explored.SceneOf(*v.Test)
	if !ok {
		return &v
	}
	v.Scene, v.Drawn, v.Graph = scene, draw(scene), graphOf(scene)
	v.Files = listings(scene, v.Fails, sources)
	v.Steps = stepsOf(scene, v.Files, v.Fails)
	return &v
}

// stepView is a row of the table of steps.
type stepView struct {
	explored.Moment
	Number int
	Name   string // of the goroutine
	Line   string // the listings' lines that it is on, separated by blanks
}

// stepsOf makes the rows. At the end, all that wait are on their lines, and so is what fails.
func stepsOf(s explored.Scene, files []listing, fails *explored.Spot) (steps []stepView) {
	for i, m := range s.Moments {
		v := stepView{Moment: m, Number: i + 1, Line: linesOf(files, m.At)}
		if m.Lane >= 0 {
			v.Name = s.Lanes[m.Lane].Name
		}
		if m.Kind == explored.End {
			var at []explored.Spot
			if fails != nil {
				at = append(at, *fails)
			}
			for _, w := range s.Waits {
				at = append(at, w.At)
			}
			v.Line = linesOf(files, at...)
		}
		steps = append(steps, v)
	}
	return steps
}

func linesOf(files []listing, spots ...explored.Spot) string {
	var ids []string
	for _, at := range spots {
		for i, f := range files {
			if id := lineID(i, at.Line); f.has(at) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return strings.Join(ids, " ")
}
