// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"fmt"
	"time"
)

// RequeueAfter is for Reconcile to return when a key is to be looked at again
// after some time, which begins when it returns; zero or less means at once. A key
// that is queued for another reason before that gets that turn too.
//
// By itself it is no failure: nobody is told, and the next failure of the key is
// the first. Joined with an error, or wrapped in one, it says how long to wait
// before the next try, in place of the rate limit:
//
//	return errors.Join(err, informer.RequeueAfter(time.Minute))
func RequeueAfter(after time.Duration) error { return &requeue{after} }

type requeue struct{ after time.Duration }

func (r *requeue) Error() string {
	return fmt.Sprintf("to be reconciled again after %v", r.after)
}
