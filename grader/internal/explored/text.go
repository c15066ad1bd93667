package explored

import (
	"slices"
	"strings"

	"heisenkata/grader/internal/harmless"
)

// Canvas is what a picture is drawn on.
type Canvas struct {
	Columns int
	// Lines is how many there is room for, 0 for as many as it takes. A picture
	// that is longer loses the rows that tell least. What the steps of a schedule
	// led to is said above such a picture, and not in it again.
	Lines int
	// Tight: where there is no room even for what the bug is about, that may go
	// too, down to how it ended.
	Tight bool
	Color bool // only on a terminal that wants it
}

// Picture is the interleaving of a finding as plain text, that many columns wide; empty if
// there is nothing to draw.
func Picture(t Test, columns int) string {
	pic, ok := pictureOf(bounded(t))
	if !ok {
		return ""
	}
	text := pic.caption() + "\n\n" + joined(pic.lines(columns))
	if t.Table != "" {
		text = joined(tableLines(t, columns)) + "\n\n" + text
	}
	return text
}

// tableLines is a test's table, each line cut to what fits.
func tableLines(t Test, columns int) (lines []line) {
	for text := range strings.Lines(t.Table) {
		text = harmless.Line(strings.TrimRight(strings.TrimPrefix(text, tableIndent), "\n"))
		lines = append(lines, line{{cut(text, columns), plain}})
	}
	return lines
}

// minBelow is how many lines of a picture a table must leave room for.
const minBelow = 8

// Draw draws the interleaving of a finding, line by line; nothing if there is
// nothing to draw.
func Draw(t Test, c Canvas) (drawn []string) {
	pic, ok := pictureOf(bounded(t))
	if !ok {
		return nil
	}
	table := tableLines(bounded(t), c.Columns)
	if room := c.Lines - len(table) - 1; len(table) > 0 && (c.Lines == 0 || room >= minBelow) {
		for _, l := range append(table, line{}) {
			drawn = append(drawn, l.render(c.Color))
		}
		if c.Lines > 0 {
			c.Lines = room
		}
	}
	for _, l := range pic.on(c) {
		drawn = append(drawn, l.render(c.Color))
	}
	return drawn
}

// on draws the picture on a canvas, below its caption.
func (p picture) on(c Canvas) []line {
	caption := p.captionLines(c.Columns)
	if c.Lines == 0 {
		return slices.Concat(caption, []line{{}}, p.lines(c.Columns))
	}
	short := p.shortened(c.below(caption))
	if left := short.captionLines(c.Columns); len(left) < len(caption) { // fewer files have rows
		longer := p.shortened(c.below(left))
		if len(longer.captionLines(c.Columns)) <= len(left) {
			short = longer
		}
	}
	return append(short.captionLines(c.Columns), short.lines(c.Columns)...)
}

// below is what is left of a canvas below a caption.
func (c Canvas) below(caption []line) Canvas {
	c.Lines -= len(caption)
	return c
}

func (p picture) captionLines(columns int) (caption []line) {
	for _, part := range wrapped(p.caption(), columns-1) { // render may add one
		caption = append(caption, line{{part, faint}})
	}
	return caption
}
