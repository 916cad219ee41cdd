// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A goal is what somebody who waits wants to have reached.
type goal struct {
	version string
	of      *string         // the name of the part; nil means all parts
	object  *store.Key      // whose state it is; nil if that is of no interest
	handler string          // that is to have heard of it; empty if the cache alone counts
	ended   <-chan struct{} // closed when the handler's registration ends; nil for none
}

func goalOf(object metav1.Object) goal {
	return goal{
		version: object.GetResourceVersion(),
		object:  &store.Key{Namespace: object.GetNamespace(), Name: object.GetName()},
	}
}

// reach waits for a goal, and returns how many events had been published when it
// was reached.
func (inf *Informer[T]) reach(ctx context.Context, to goal) (end uint64, err error) {
	if err := inf.checkGoal(to); err != nil {
		return 0, inf.versionError(nil, to, err)
	}
	switch {
	case inf.view != nil:
		return inf.reachOrigins(ctx, to)
	case inf.territory == nil:
		end, err = inf.reachPart(ctx, inf.parts[0], to)
	case to.of != nil:
		end, err = inf.reachNamed(ctx, *to.of, to)
	case to.object != nil:
		end, err = inf.reachNamed(ctx, to.object.Namespace, to)
	default:
		return inf.reachAll(ctx, to)
	}
	if err == nil {
		err = inf.checkUsable(to)
	}
	return end, err
}

// checkGoal returns an error for a goal that can never be reached.
func (inf *Informer[T]) checkGoal(to goal) error {
	if _, err := compareVersions(to.version, to.version); err != nil {
		return err
	}
	switch {
	case inf.broken != nil:
		return inf.broken
	case inf.view != nil && len(inf.origins) == 0:
		return errNoOrigin
	case inf.territory == nil && to.of != nil:
		return errNoSet
	case inf.territory != nil && inf.territory.clusters && to.of == nil:
		return errSeveralServers
	}
	return nil
}

// reachOrigins waits until a view has taken in what each of the informers that it
// comes of, over any number of views, has seen up to the version.
func (inf *Informer[T]) reachOrigins(ctx context.Context, to goal) (end uint64, err error) {
	for i := range inf.origins {
		reached, err := inf.reachPart(ctx, inf.parts[inf.versionPart(i)], to)
		if err != nil {
			return 0, err
		}
		end = max(end, reached)
	}
	return end, nil
}

// reachAll waits for every name that is in the set now and stays in it. One after
// the other is no slower than all at once.
func (inf *Informer[T]) reachAll(ctx context.Context, to goal) (end uint64, err error) {
	for _, name := range inf.names() {
		reached, err := inf.reachNamed(ctx, name, to)
		if err != nil && !errors.Is(err, ErrNotInSet) {
			return 0, err
		}
		end = max(end, reached)
	}
	return end, nil
}

// reachNamed waits for the part of a name, which it may have yet to get.
func (inf *Informer[T]) reachNamed(ctx context.Context, name string, to goal) (end uint64, err error) {
	to.of = &name
	for inf.territory.set.Has(name) {
		p, adjusted := inf.partNamed(name)
		if p != nil {
			return inf.reachPart(ctx, p, to)
		}
		if err := inf.awaitGoal(ctx, to, adjusted, nil); err != nil {
			return 0, inf.versionError(nil, to, err)
		}
	}
	return 0, inf.versionError(nil, to, ErrNotInSet)
}

func (inf *Informer[T]) reachPart(ctx context.Context, p *part[T], to goal) (end uint64, err error) {
	stone := inf.milestone(p, to.version)
	err = inf.awaitGoal(ctx, to, stone.passed, p.dismissed)
	if err == nil {
		err = stone.err
	}
	if err != nil {
		inf.leaveMilestone(p, stone)
		return 0, inf.versionError(p, to, err)
	}
	return stone.end, nil
}

// awaitGoal waits for a step on the way to a goal. dismissed is closed when it
// cannot be had any more because its name has left the set.
func (inf *Informer[T]) awaitGoal(ctx context.Context, to goal, step, dismissed <-chan struct{}) error {
	if closed(step) { // even if all else has happened too
		return nil
	}
	select {
	case <-step:
		return nil
	case <-inf.ending:
		return ErrStopped
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-dismissed:
		return ErrNotInSet
	case <-to.ended:
		return ErrRemoved
	}
}

// milestone returns where a part reaches a version; it may have done so.
func (inf *Informer[T]) milestone(p *part[T], version string) *milestone[string] {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	stone := p.awaited.wait(version)
	inf.passMilestones(p)
	return stone
}

func (inf *Informer[T]) leaveMilestone(p *part[T], stone *milestone[string]) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	p.awaited.leave(stone)
}

// passMilestones wakes those who wait for what a part has reached. What it has
// reached is in the cache and published. mu is held.
func (inf *Informer[T]) passMilestones(p *part[T]) {
	if !closed(p.synced) {
		return
	}
	if _, err := compareVersions(p.version, p.version); err != nil {
		p.awaited.fail(errNoVersions)
		return
	}
	p.awaited.pass(p.version, inf.log.End())
}

// checkUsable returns an error if the state that a goal is about has come and
// could not be used. A later one that cannot be used is of no interest.
func (inf *Informer[T]) checkUsable(to goal) error {
	if to.object == nil {
		return nil
	}
	bad, found := inf.Quarantined(*to.object)
	if !found {
		return nil
	}
	item, _ := inf.store.Item(*to.object)
	if order, err := compareVersions(item.Version, to.version); err == nil && order >= 0 {
		return nil
	}
	return inf.versionError(nil, to, &listwatch.ItemError{
		Resource: inf.gvr, Key: bad.Key, Version: bad.Version, Stage: bad.Stage, Err: bad.Err,
	})
}
