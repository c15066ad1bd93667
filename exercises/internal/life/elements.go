package life

import "strconv"

// Elements are values of type T that represent numbers. The zero value represents 0.
type Elements[T any] struct {
	Of     func(number int) T
	Number func(value T) int
}

// Order is a typical struct to put into a queue.
type Order struct {
	ID   int
	Note string
}

// The kinds of elements: a text, a struct, a pointer, an interface, and a slice, which
// is not comparable.
var (
	Texts    = Elements[string]{Of: strconv.Itoa, Number: number}
	Rates    = Elements[float64]{Of: func(n int) float64 { return float64(n) / 4 }, Number: func(r float64) int { return int(4 * r) }}
	Orders   = Elements[Order]{Of: func(n int) Order { return Order{n, "urgent"} }, Number: func(o Order) int { return o.ID }}
	Pointers = Elements[*Order]{
		Of: func(n int) *Order { return &Order{ID: n} },
		Number: func(o *Order) int {
			if o == nil {
				return 0
			}
			return o.ID
		},
	}
	Interfaces = Elements[any]{
		Of: func(n int) any { return [...]any{n, strconv.Itoa(n), Order{ID: n}}[uint(n)%3] },
		Number: func(value any) int {
			switch v := value.(type) {
			case int:
				return v
			case string:
				return number(v)
			case Order:
				return v.ID
			}
			return 0
		},
	}
	Slices = Elements[[]byte]{
		Of:     func(n int) []byte { return strconv.AppendInt(nil, int64(n), 10) },
		Number: func(b []byte) int { return number(string(b)) },
	}
)

// number returns the number in a text, or 0 if it contains none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
