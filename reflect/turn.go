// SPDX-License-Identifier: Apache-2.0

package reflect

import "context"

// inTurn performs a list when its turn has come. The turn ends with the list,
// which for a streaming list is before the end of the request.
func (r *Reflector[T]) inTurn(ctx context.Context, list func(context.Context) (Phase, error)) (Phase, error) {
	if err := r.takeTurn(ctx); err != nil {
		return 0, nil // ctx is done
	}
	defer r.leaveTurn()
	return list(ctx)
}

func (r *Reflector[T]) takeTurn(ctx context.Context) error {
	lists := r.options.ListSemaphore
	if lists == nil {
		return nil
	}
	if !lists.TryAcquire(1) {
		phase := r.phase
		r.enter(Queued)
		if err := lists.Acquire(ctx, 1); err != nil {
			return err
		}
		r.enter(phase)
	}
	r.hasTurn = true
	return nil
}

func (r *Reflector[T]) leaveTurn() {
	if r.hasTurn {
		r.hasTurn = false
		r.options.ListSemaphore.Release(1)
	}
}
