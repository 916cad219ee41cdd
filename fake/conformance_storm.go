// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

// storm is writers who change the same few objects, and know which states there
// have been.
type storm struct {
	of *trial

	blown uint64 // seed of the next writer

	mu     sync.Mutex // guards states
	states map[state]bool
}

const sharedPrefix = "shared-"

// isShared says whether an object is one that storms write.
func isShared(object *unstructured.Unstructured) bool {
	return strings.HasPrefix(object.GetName(), sharedPrefix)
}

// state is one that an object has been in.
type state struct {
	key     store.Key
	version string
	size    string
}

func stateOf(object *unstructured.Unstructured) state {
	return state{keyOf(object), object.GetResourceVersion(), size(object)}
}

func (c *trial) storm() *storm { return &storm{of: c, states: map[state]bool{}} }

// blow has several writers write so often each, and waits for them.
func (s *storm) blow(writers, writes int) {
	s.of.Helper()
	_, wait := s.begin(writers, writes)
	wait()
}

// begin is blow without waiting. over ends when the writers have.
func (s *storm) begin(writers, writes int) (over context.Context, wait func()) {
	over, end := context.WithCancel(s.of.ctx)
	var group errgroup.Group
	for range writers {
		s.blown++
		seed := s.blown
		group.Go(func() error { return s.write(rand.New(rand.NewPCG(seed, 0)), writes) })
	}
	failed := make(chan error, 1)
	go func() {
		defer end()
		failed <- group.Wait()
	}()
	return over, func() {
		s.of.Helper()
		if err := <-failed; err != nil {
			s.of.Fatalf("write to the server: %v", err)
		}
	}
}

func (s *storm) write(random *rand.Rand, writes int) error {
	for range writes {
		name := fmt.Sprintf("%s%d", sharedPrefix, random.IntN(8))
		object, err := s.once(random, name)
		switch {
		case apierrors.IsNotFound(err) || apierrors.IsAlreadyExists(err) || apierrors.IsConflict(err):
			// Another writer was faster.
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		case object != nil:
			s.mu.Lock()
			s.states[stateOf(object)] = true
			s.mu.Unlock()
		}
	}
	return nil
}

// once writes once, and returns the object unless it was deleted.
func (s *storm) once(random *rand.Rand, name string) (*unstructured.Unstructured, error) {
	c, n := s.of, random.IntN(1_000_000)
	switch dice := random.IntN(10); {
	case dice < 4:
		return c.objects().Create(c.ctx, c.object(name, n), metav1.CreateOptions{})
	case dice < 8:
		patch := fmt.Appendf(nil, `{"data":{"n":"%d"}}`, n)
		return c.objects().Patch(c.ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	default:
		return nil, c.objects().Delete(c.ctx, name, metav1.DeleteOptions{})
	}
}

// wantServerStates checks that a handler was told of states that there have been,
// and of no others. What a deletion was final of has a version of its own.
func (s *storm) wantServerStates(l *ledger) {
	s.of.Helper()
	for _, e := range s.inventions(l) {
		s.of.Errorf("a handler was told %v, at version %s: the object has never been so", e, e.object.GetResourceVersion())
	}
}

// inventions are the calls with a state that there has not been.
func (s *storm) inventions(l *ledger) []told {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(l.entries(), func(e told) bool { return e.final || s.states[stateOf(e.object)] })
}
