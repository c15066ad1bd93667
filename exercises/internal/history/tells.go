package history

import (
	"reflect"
	"slices"
)

// mostMeanwhile bounds how many other calls are in a program that Tells looks at.
const mostMeanwhile = 8

// Tells counts how far a program in which one goroutine makes a single call tells code that
// is wrong from right: in how many ways the call could return what is right before some of
// the others and take effect after more of them, or the other way round, so that no order
// of the calls explains the results. A program of another shape, with too many calls or with
// calls of several moments tells nothing.
func (p *Program) Tells() (count int) {
	call, meanwhile, ok := p.single()
	if !ok {
		return 0
	}
	state, _, ok := inTurn(p.Initial, p.Before)
	var orders [][]any // of each, what all calls return, the single one last
	for at := 0; ok && at <= len(meanwhile); at++ {
		var results []any
		if _, results, ok = inTurn(state, slices.Concat(meanwhile[:at], []*Call{call}, meanwhile[at:], p.Last)); ok {
			result := results[at]
			orders = append(orders, append(slices.Delete(results, at, at+1), result))
		}
	}
	return mixtures(orders)
}

// single returns the call of the goroutine that makes a single one, and those of the other.
func (p *Program) single() (call *Call, meanwhile []*Call, ok bool) {
	if len(p.Parties) != 2 || len(p.Parties[0]) != 1 && len(p.Parties[1]) != 1 {
		return nil, nil, false
	}
	one, other := p.Parties[0], p.Parties[1]
	if len(one) != 1 {
		one, other = other, one
	}
	moments := func(c *Call) bool { return len(c.Steps) != 1 }
	return one[0], other, len(other) > 1 && len(p.Before)+len(other) <= mostMeanwhile && !slices.ContainsFunc(p.Calls(), moments)
}

// inTurn makes calls one after the other. If one has to wait, it reports false.
func inTurn(state any, calls []*Call) (after any, results []any, ok bool) {
	for _, c := range calls {
		outcomes := c.Steps[0](state)
		if len(outcomes) == 0 {
			return state, nil, false
		}
		state, results = outcomes[0].After, append(results, outcomes[0].Out)
	}
	return state, results, true
}

// mixtures counts the pairs of orders of which the last result of one and the others of the
// other one are those of no order.
func mixtures(orders [][]any) (count int) {
	for _, one := range orders {
		for _, other := range orders {
			last := len(one) - 1
			mixed := append(slices.Clone(other[:last]), one[last])
			if !slices.ContainsFunc(orders, func(o []any) bool { return reflect.DeepEqual(o, mixed) }) {
				count++
			}
		}
	}
	return count
}
