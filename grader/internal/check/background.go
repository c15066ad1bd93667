package check

import (
	"context"
	"sync"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// background is something that goes on beside the tests.
type background struct {
	cancel context.CancelFunc
	group  sync.WaitGroup
}

// stop ends it, and waits until it has ended.
func (b *background) stop() {
	if b.cancel != nil {
		b.cancel()
	}
	b.group.Wait()
}

// vetting is go vet's look at the fix, which goes on beside the tests. They are run
// whatever it says.
type vetting struct {
	background
	check evidence.Check
	err   error
}

func (v *vetting) begin(ctx context.Context, b *Bench) {
	ctx, v.cancel = context.WithCancel(ctx)
	v.group.Go(func() {
		v.err = hold(ctx, b.lab.builds, func() error {
			found, err := b.vet(ctx)
			if err == nil {
				v.check = b.judged(kata.VetDetector, found)
			}
			return err
		})
	})
}

// wait returns what vet has to say, once it has said it.
func (v *vetting) wait() (evidence.Check, error) {
	v.group.Wait()
	return v.check, v.err
}

// ahead builds the plain binary as soon as it is sure to be needed, and so while
// processes sleep at their exit.
type ahead struct {
	background
	once sync.Once
}

func (a *ahead) build(ctx context.Context, b *Bench) {
	a.once.Do(func() {
		ctx, a.cancel = context.WithCancel(ctx)
		a.group.Go(func() { _, _, _ = b.binary(ctx, build.Plain) }) // an error comes up again when it is run
	})
}
