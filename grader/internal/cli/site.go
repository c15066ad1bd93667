package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
	htmlpage "heisenkata/grader/internal/page"
)

const indexFile = "index.html"

// site writes a page for each exercise's starter, whatever the learner's files are by now,
// and an index. It is done if there is a page for each.
func (a *app) site(o explore.Options, dir string, open bool) error {
	k, _, err := a.trees()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	index := htmlpage.Table{Head: []string{"exercise", "about", "what breaks it", "can be played"}}
	errs := []error{k.Broken}
	for i, e := range k.Exercises {
		row, err := a.starterPage(o, k, i, dir)
		if a.ctx.Err() != nil {
			return err
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", e.ID, err))
		}
		index.Rows = append(index.Rows, row)
		fmt.Fprintln(a.stderr, "page: "+a.caller.near(filepath.Join(dir, e.ID+".html")))
	}
	d := htmlpage.Document{Title: "Heisenkata: what breaks the starters", Tables: []htmlpage.Table{index}}
	return errors.Join(append(errs, a.present(d, filepath.Join(dir, indexFile), open))...)
}

// starterPage writes the page of one exercise, and returns its row in the index.
func (a *app) starterPage(o explore.Options, k kata.Kata, i int, dir string) (htmlpage.Row, error) {
	e := k.Exercises[i]
	row := htmlpage.Row{Sign: htmlpage.Doubt, Cells: []string{e.ID, e.Summary, "nothing was found", ""}}
	root, err := filepath.Abs(k.Root)
	if err != nil {
		return row, err
	}
	o.Dir, o.Patterns, o.Run, o.Overlay = root, []string{"./" + e.Dir}, cmp.Or(o.Run, scenarios), map[string]string{}
	for _, name := range e.Files {
		o.Overlay[filepath.Join(root, filepath.FromSlash(e.Dir), name)] = filepath.Join(root, filepath.FromSlash(e.Starter()), name)
	}
	games := gameFinder{ctx: a.ctx}
	o.Then = games.look
	l, err := a.lookIn(o, looked{exercise: e}, nil)
	if err != nil {
		return row, err
	}
	d := l.page(a, games.game)
	d.Nav = neighbours(k.Exercises, i)
	if l.test != nil {
		row.Sign, row.Link = htmlpage.Bad, e.ID+".html"
		row.Cells[2] = htmlpage.Capital(explored.Sentence(cmp.Or(l.test.Story, l.test.Summary)))
	}
	if ok, why := d.Playable(); ok {
		row.Cells[3] = games.game.Test
	} else if why != "" {
		row.Cells[3] = "no: " + why
	}
	_, err = a.writePage(d, filepath.Join(dir, e.ID+".html"))
	return row, err
}

// neighbours lead from a page of the site to the others.
func neighbours(all []kata.Exercise, i int) []htmlpage.Link {
	links := []htmlpage.Link{{Text: "all exercises", File: indexFile}}
	if i > 0 {
		links = append(links, htmlpage.Link{Text: "previous: " + all[i-1].ID, File: all[i-1].ID + ".html"})
	}
	if i+1 < len(all) {
		links = append(links, htmlpage.Link{Text: "next: " + all[i+1].ID, File: all[i+1].ID + ".html"})
	}
	return links
}
