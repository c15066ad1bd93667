package page

import (
	"bytes"
	"html/template"
)

// A page has room for so much. Each part shows its first findings whole before any shows its
// last ones.

// written is a finding as it is written.
type written struct {
	part        int
	short, text string // without its lanes, and as it is shown; "" if it is not
	view        findingView
}

// partViews writes the findings of a document, as far as there is room.
func partViews(d Document, room int, lists *int) (parts []partView, err error) {
	all, err := shortOnes(d)
	if err != nil {
		return nil, err
	}
	order := fairly(all)
	for _, w := range order {
		if len(w.short) <= room {
			w.text = w.short
			room -= len(w.short)
		}
	}
	for _, w := range order {
		if err := w.enlarge(d.Sources, &room); err != nil {
			return nil, err
		}
	}
	return assembled(d, all, lists), nil
}

// shortOnes writes all findings without their lanes.
func shortOnes(d Document) (all []*written, err error) {
	for i, p := range d.Parts {
		for _, f := range p.Findings {
			w := &written{part: i, view: findingView{Finding: f, Number: len(all) + 1, Titled: p.Title != "", Short: true}}
			if w.short, err = executed(&w.view); err != nil {
				return nil, err
			}
			all = append(all, w)
		}
	}
	return all, nil
}

// fairly lists the first finding of each part, then the second of each, and so on.
func fairly(all []*written) (order []*written) {
	for rank := 0; len(order) < len(all); rank++ {
		seen := map[int]int{}
		for _, w := range all {
			if seen[w.part] == rank {
				order = append(order, w)
			}
			seen[w.part]++
		}
	}
	return order
}

// minWhole is less than a finding with lanes takes, in bytes.
const minWhole = 4000

// enlarge shows a finding whole, if there is room.
func (w *written) enlarge(sources func(string) string, room *int) error {
	whole := w.view
	whole.Short = false
	if w.text == "" || w.view.Test != nil && *room < minWhole {
		return nil
	}
	text, err := executed(whole.whole(sources))
	if more := len(text) - len(w.short); err == nil && more <= *room {
		w.text = text
		*room -= more
	}
	return err
}

func executed(v *findingView) (string, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, "finding", v)
	return b.String(), err
}

// assembled is the parts with their findings.
func assembled(d Document, all []*written, lists *int) (parts []partView) {
	for _, p := range d.Parts {
		v := partView{Part: p}
		v.Tables = tablesWithin(p.Tables, lists)
		parts = append(parts, v)
	}
	for _, w := range all {
		if v := &parts[w.part]; w.text != "" {
			v.Findings = append(v.Findings, template.HTML(w.text)) // escaped by the template
		} else {
			v.Left++
		}
	}
	return parts
}

func tablesWithin(tables []Table, room *int) (short []Table) {
	for _, t := range tables {
		short = append(short, t.within(room))
	}
	return short
}
