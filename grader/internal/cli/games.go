package cli

import (
	"context"
	"errors"
	"time"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	htmlpage "heisenkata/grader/internal/page"
)

// Limits of what is tried for a game in a page: nodes of the tree, processor time, and how
// many tests may turn out to have too many orders.
const (
	gameNodes = 2000
	gameTime  = 3 * time.Second
	gameTries = 4
)

var errOneOrder = errors.New("it has only one order")

// gameFinder looks, among explored tests, for one that can be played in a page.
type gameFinder struct {
	ctx  context.Context
	game *htmlpage.Game // nil if there is no test to play
}

// look takes the first test with a tree: the clearest finding, another finding, or where
// nothing was found a test that is proven to pass.
func (f *gameFinder) look(s *explore.Session, found []explored.Package) {
	tries := 0
	for _, t := range playable(found) {
		g, err := s.Game(t.Name)
		if err != nil {
			continue
		}
		tree, err := g.Tree(f.ctx, t.Schedule, gameNodes, gameTime)
		if err == nil && tree.Nodes[0].Turn.Ended() {
			err = errOneOrder
		}
		if err == nil {
			f.game = &htmlpage.Game{Test: t.Name, Tree: &tree}
			return
		}
		if f.game == nil {
			f.game = &htmlpage.Game{Test: t.Name, Why: err.Error()}
		}
		if errors.Is(err, explore.ErrTooManyOrders) {
			tries++
		}
		if tries == gameTries || f.ctx.Err() != nil {
			return
		}
	}
}

// playable are tests to play, the best one first.
func playable(found []explored.Package) (tests []explored.Test) {
	if len(found) != 1 {
		return nil
	}
	clearest := ""
	if _, t := explored.Clearest(explored.Report{Packages: found}); t != nil {
		tests, clearest = append(tests, *t), t.Name
	}
	for _, t := range found[0].Tests {
		if t.Name != clearest && (clearest != "" && t.Verdict.Found() || clearest == "" && t.Proven()) {
			tests = append(tests, t)
		}
	}
	return tests
}
