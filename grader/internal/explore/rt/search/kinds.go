package search

// Kind is how an event touches its object, as far as the order of two events goes.
type Kind uint8

// The kinds. Whatever is not sure is a Write, or with an object that is not known, All.
const (
	Free    Kind = iota // nothing that others see
	Read                // changes nothing
	Write               //
	Lock                // waits for an Unlock, and keeps others out
	RLock               // as Lock, but not against others of its kind
	Unlock              // lets others in; never runs when they could
	RUnlock             // as Unlock, after an RLock
	All                 // touches everything
)

// depend reports whether the order of two events at one object shows.
func depend(a, b Kind) bool {
	switch {
	case a == All || b == All:
		return true
	case a == Free || b == Free:
		return false
	case a == RUnlock && (b == RLock || b == Unlock), b == RUnlock && (a == RLock || a == Unlock):
		return false // readers do not meet, and no writer unlocks while others read
	case a == b:
		return a == Write || a == Lock
	}
	return true
}

// reversible reports whether two dependent events could have run the other way round: a
// lock cannot be taken before it is given back.
func reversible(a, b Kind) bool {
	if a == Unlock || b == Unlock || a == RUnlock || b == RUnlock {
		return a == Write || b == Write || a == All || b == All
	}
	return true
}
