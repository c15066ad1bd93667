package explore

import (
	"fmt"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// sight is how code calls an object at one place.
type sight struct {
	text         string // of the source
	owner, field string // the type of which it is a field, and its name there
}

// object is one that the trace knows, with all that it is called.
type object struct {
	id    int
	first sight
	texts map[string]bool
}

// call takes in what one place calls the object. What a call returns there is a field
// elsewhere, and known by that.
func (o *object) call(seen sight) {
	isCall := func(s sight) bool { return strings.Contains(s.text, "(") }
	if len(o.texts) == 0 || isCall(o.first) && !isCall(seen) {
		o.first = seen
	}
	o.texts[seen.text] = true
}

// methodsOf are the methods that do an operation, of those whose name is not enough.
var methodsOf = map[string][]string{
	"lock": {"Lock"}, "unlock": {"Unlock"}, "rlock": {"RLock"}, "runlock": {"RUnlock"}, "trylock": {"TryLock", "TryRLock"},
	"waitgroup add": {"Add", "Done", "Go"}, "waitgroup wait": {"Wait"}, "cond wait": {"Wait"}, "signal": {"Signal"}, "broadcast": {"Broadcast"},
}

// see finds what the code at a position calls the object of an operation. A
// position at which several are used tells nothing.
func (n *narrator) see(op string, at position, site uint32) (seen sight) {
	if site != 0 {
		s := n.sites.At(site)
		return sight{s.Object, s.Owner, s.Field}
	}
	for _, c := range n.sites.Calls(at.path, at.line) {
		this := sight{c.Object, c.Owner, c.Field}
		switch methods := methodsOf[op]; {
		case c.Object == "" || methods != nil && !slices.Contains(methods, c.Method):
		case seen.text != "" && seen != this:
			return sight{}
		default:
			seen = this
		}
	}
	return seen
}

// nameObjects gives each object of an outcome one name, and no two the same:
// what the code calls it, if that tells it from all others, or else its type's
// name with a number.
func (n *narrator) nameObjects(o wire.Outcome) {
	var all []*object
	by := map[int]*object{}
	add := func(id int, seen sight) {
		if id == 0 || seen.text == "" {
			return
		}
		if by[id] == nil {
			by[id] = &object{id: id, texts: map[string]bool{}}
			all = append(all, by[id])
		}
		by[id].call(seen)
	}
	for _, s := range o.Trace {
		add(s.Obj, n.see(s.Op, n.at(s.Site, s.Frames), s.Site))
	}
	for f := o.Finding; f != nil; f = f.Other {
		for _, w := range f.Waiting {
			add(w.Obj, n.see(w.Op, n.at(w.Site, w.Frames), w.Site))
		}
	}
	for _, s := range o.Trace {
		if by[s.Chosen] == nil {
			add(s.Chosen, sight{text: operand(s.Returned)})
		}
	}
	n.names = namesOf(all)
}

// operand is what the code calls the channel of a select's case: jobs of "→ case j := <-jobs".
func operand(chosen string) string {
	if channel, _, ok := strings.Cut(chosen, " <- "); ok {
		_, channel, _ = strings.Cut(channel, "case ")
		return channel
	}
	_, channel, _ := strings.Cut(chosen, "<-")
	return channel
}

// namesOf names objects, by their number.
func namesOf(all []*object) map[int]string {
	names, taken, numbers := map[int]string{}, map[string]bool{}, map[string]int{}
	for _, o := range all {
		name := o.first.text
		if twins := alike(all, o); len(twins) > 1 && ambiguous(twins) {
			label := o.first.label()
			numbers[label]++
			name = o.first.numbered(numbers[label])
		}
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s#%d", o.first.text, k)
		}
		names[o.id], taken[name] = name, true
	}
	return names
}

// label is what a sight's objects are: fields of a type, or variables of a name.
func (s sight) label() string {
	if s.owner != "" {
		return s.owner + "." + s.field
	}
	return s.plainText()
}

// plainText is the text without indexes and type assertions: locks of locks[i].
func (s sight) plainText() string {
	text, _, _ := strings.Cut(s.text, "[")
	text, _, _ = strings.Cut(text, ".(")
	return text
}

// numbered is the name of the k-th of such objects: account#1.mu, ch#2.
func (s sight) numbered(k int) string {
	switch {
	case s.owner == "":
		return fmt.Sprintf("%s#%d", s.plainText(), k)
	case s.field == "":
		return fmt.Sprintf("%s#%d", s.owner, k)
	}
	return fmt.Sprintf("%s#%d.%s", s.owner, k, s.field)
}

// alike are the objects with an object's label, itself among them.
func alike(all []*object, o *object) (twins []*object) {
	for _, other := range all {
		if other.first.label() == o.first.label() {
			twins = append(twins, other)
		}
	}
	return twins
}

// ambiguous reports whether a text of the code means more than one of the objects,
// or one of them has several.
func ambiguous(twins []*object) bool {
	seen := map[string]bool{}
	for _, o := range twins {
		if len(o.texts) > 1 {
			return true
		}
		for text := range o.texts {
			if seen[text] {
				return true
			}
			seen[text] = true
		}
	}
	return false
}

// object names what an operation is on.
func (n *narrator) object(obj int, op string, at position, site uint32) string {
	if name := n.names[obj]; obj != 0 && name != "" {
		return name
	}
	return n.see(op, at, site).text
}

// shared finds what two sides of a race are on: each one's text for it, or "" of
// a side on which it may be several things. Both call it by the same last word,
// unless they have one thing each.
func shared(a, b []string) (first, second string) {
	sameWord := func(list []string) func(x string) bool {
		return func(x string) bool {
			return !slices.ContainsFunc(list, func(y string) bool { return lastWord(x) == lastWord(y) })
		}
	}
	x, y := slices.DeleteFunc(slices.Clone(a), sameWord(b)), slices.DeleteFunc(slices.Clone(b), sameWord(a))
	if len(x) == 0 {
		x, y = a, b
	}
	return only(x), only(y)
}

// only is the one object of a list: of several parts of one, the whole.
func only(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	whole := ""
	for _, text := range list {
		text, _, _ = strings.Cut(text, "[")
		if whole != "" && whole != text {
			return ""
		}
		whole = text
	}
	return whole
}

// lastWord is the last name of an expression: total of c.total.
func lastWord(text string) string {
	text, _, _ = strings.Cut(text, "[")
	return text[strings.LastIndexByte(text, '.')+1:]
}
