package life

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestSizesHaveEveryMagnitude(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		sizes := Sizes(r, 2000)
		assert.Len(t, sizes, 4)
		for i, from := range []int{1, 10, 100, 1000} {
			assert.GreaterOrEqual(t, sizes[i], from)
			assert.Less(t, sizes[i], min(10*from, 2000))
		}
		assert.Contains(t, []int{1, 2, 3}, Size(r, 3))
	}
}

// Sizes are drawn close to the numbers in the fix, and only those in range.
func TestSizesAreCloseToTheLimitsOfTheFix(t *testing.T) {
	limits = parse("7,64,1000")
	t.Cleanup(func() { limits = nil })
	assert.Equal(t, []int{7, 64}, Limits(1000))
	assert.Empty(t, Limits(7))
	r, drawn := rand.New(rand.NewPCG(1, 2)), map[int]int{}
	for range 10_000 {
		n := Size(r, 65)
		assert.LessOrEqual(t, n, 65)
		drawn[n]++
	}
	for _, n := range []int{6, 7, 8, 9, 63, 64, 65} {
		assert.Greater(t, drawn[n], 300, "%d of 10,000 sizes are %d", drawn[n], n)
	}
	assert.Len(t, Sizes(r, 65), 3)
	assert.Len(t, Sizes(r, 2000), 5)
}

// Without limits the same numbers are drawn as if nothing had asked for them.
func TestNoLimits(t *testing.T) {
	r, same := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	_, ok := Limit(r, 1000)
	assert.False(t, ok)
	assert.Equal(t, same.Uint64(), r.Uint64())
	assert.Empty(t, parse(""))
	assert.Equal(t, []int{5}, parse("5,x"))
}

func TestNoHostIsPartOfAnother(t *testing.T) {
	for range 100 {
		hosts := []string{Host(1), Host(2), Host(10), Host(100)}
		for i, a := range hosts {
			for k, b := range hosts {
				assert.Equal(t, i == k, strings.Contains(a, b), "%s and %s", a, b)
			}
		}
	}
}

// Two failures of one kind with the same text are different errors.
func TestNoFailureIsAnother(t *testing.T) {
	first, second := Failures("503"), Failures("503")
	for i, a := range first {
		assert.NotEmpty(t, a.Error())
		assert.ErrorIs(t, a, a) //nolint
		for _, b := range second {
			assert.False(t, errors.Is(a, b), "kind %d", i)
		}
	}
}

func TestElementsStandForNumbers(t *testing.T) {
	for _, n := range []int{0, 7, -3, 1041} {
		assert.Equal(t, n, Texts.Number(Texts.Of(n)))
		assert.Equal(t, n, Orders.Number(Orders.Of(n)))
		assert.Equal(t, n, Pointers.Number(Pointers.Of(n)))
		assert.Equal(t, n, Interfaces.Number(Interfaces.Of(n)))
		assert.Equal(t, n, Slices.Number(Slices.Of(n)))
	}
	assert.Zero(t, Texts.Number("")+Pointers.Number(nil)+Interfaces.Number(nil)+Slices.Number(nil))
}

func TestABubbleIsInAnyYear(t *testing.T) {
	years := map[int]bool{}
	for seed := range uint64(40) {
		synctest.Test(t, func(*testing.T) {
			AnyYear(rand.New(rand.NewPCG(seed, 0)))
			years[time.Now().Year()] = true
		})
	}
	assert.Greater(t, len(years), 20)
	began := time.Now().Year()
	AnyYear(rand.New(rand.NewPCG(1, 0)))
	assert.LessOrEqual(t, time.Now().Year()-began, 1, "the clock outside a bubble is real")
}

func TestTwinsDiffer(t *testing.T) {
	twins := Twins(rand.New(rand.NewPCG(1, 2)))
	seen := map[string]bool{}
	for _, text := range twins {
		assert.False(t, seen[text], "%.20q is there twice", text)
		seen[text] = true
	}
}

func TestTwinsHaveTheSameHash(t *testing.T) {
	for _, same := range []struct {
		pair [2]string
		hash func(string) uint32
	}{
		{[2]string{"Aa", "BB"}, toBase(31)},
		{[2]string{"hetairas", "mentioner"}, toBase(33)},
		{[2]string{"costarring", "liquid"}, sum(fnv.New32a)},
		{[2]string{"creamwove", "quists"}, sum(fnv.New32)},
		{[2]string{"plumless", "buckeroo"}, sum(crc32.NewIEEE)},
	} {
		assert.Subset(t, Twins(rand.New(rand.NewPCG(1, 2))), same.pair[:])
		assert.Equal(t, same.hash(same.pair[0]), same.hash(same.pair[1]), "the hashes of %q", same.pair)
	}
	first, second := fnv.New64a(), fnv.New64a()
	first.Write([]byte("8yn0iYCKYHlIj4-BwPqk"))
	second.Write([]byte("GReLUrM4wMqfg9yzV3KQ"))
	assert.Equal(t, first.Sum64(), second.Sum64(), "the hashes of 64 bits")
}

func toBase(base uint32) func(string) uint32 {
	return func(text string) (hash uint32) {
		hash = 5381
		if base == 31 {
			hash = 0
		}
		for _, b := range []byte(text) {
			hash = base*hash + uint32(b)
		}
		return hash
	}
}

func sum(hash func() hash.Hash32) func(string) uint32 {
	return func(text string) uint32 {
		h := hash()
		h.Write([]byte(text))
		return h.Sum32()
	}
}

func TestContextsAreOfAllKinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kinds := map[string]bool{}
	for range 100 {
		ctx, end := Context(r)
		before := ctx.Err()
		end()
		deadline, limited := ctx.Deadline()
		switch {
		case ctx.Done() == nil:
			kinds["never ends"] = true
		case before == nil:
			assert.ErrorIs(t, ctx.Err(), context.Canceled)
			kinds[fmt.Sprintf("%T", ctx)] = true
			assert.True(t, !limited || time.Until(deadline) > 24*time.Hour)
		default:
			kinds[fmt.Sprint(before, context.Cause(ctx) == before)] = true
		}
	}
	assert.Len(t, kinds, len(contexts), "%v", kinds)
}

// Beyond the largest number of the fix that is small enough, or else what the caller says.
func TestBeyond(t *testing.T) {
	defer func(told []int) { limits = told }(limits)
	limits = nil
	assert.Equal(t, 7, Beyond(40, 7))
	limits = []int{3, 5, 64}
	assert.Equal(t, 7, Beyond(40, 1))
	assert.Equal(t, 66, Beyond(100, 1))
	assert.Equal(t, 1, Beyond(3, 1))
}

// Texts are longer than each of the numbers in the fix, and so are those that differ in one byte.
func TestTextsAreLongerThanTheLimitsOfTheFix(t *testing.T) {
	limits = parse("7,8,298,40000,900000,1000000000")
	t.Cleanup(func() { limits = nil })
	assert.ElementsMatch(t, []int{300, 9, 10, 40_002, 900_002}, Lengths(300))
	r, longer := rand.New(rand.NewPCG(1, 2)), map[bool]int{}
	for range 10_000 {
		n := Length(r, 300)
		assert.LessOrEqual(t, n, 900_004)
		longer[n > 40_000]++
	}
	assert.Greater(t, longer[true], 150, "%d of 10,000 lengths", longer[true])
	seen := map[string]bool{}
	for _, text := range LongTwins(300) {
		assert.False(t, seen[text], Quoted(text))
		seen[text] = true
	}
	assert.Len(t, seen, 30)
	assert.Equal(t, `"xxxxxxxxxx" … "xxxxx1xxxx" … "xxxxxxxxxx" (301 bytes)`, Quoted(strings.Repeat("x", 150)+"1"+strings.Repeat("x", 150)))
	assert.Equal(t, `"short\n"`, Quoted([]byte("short\n")))
}
