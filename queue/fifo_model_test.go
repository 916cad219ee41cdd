// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/queue"
)

// slowFIFO is the obvious form of a FIFO: a slice that is searched.
type slowFIFO struct {
	jobs    []job
	initial map[string]bool
	begun   bool
}

func (s *slowFIFO) find(name string) int {
	return slices.IndexFunc(s.jobs, func(j job) bool { return j.name == name })
}

func (s *slowFIFO) put(j job, renew bool) {
	s.begun = true
	switch at := s.find(j.name); {
	case at < 0:
		s.jobs = append(s.jobs, j)
	case renew:
		s.jobs[at] = j
	}
}

func (s *slowFIFO) drop(at int) job {
	gone := s.jobs[at]
	s.jobs = slices.Delete(s.jobs, at, at+1)
	delete(s.initial, gone.name)
	return gone
}

func (s *slowFIFO) replace(jobs []job) {
	first := !s.begun
	for i := len(s.jobs) - 1; i >= 0; i-- {
		if !slices.ContainsFunc(jobs, func(j job) bool { return j.name == s.jobs[i].name }) {
			s.drop(i)
		}
	}
	s.begun = true
	for _, j := range jobs {
		s.put(j, true)
		if first {
			s.initial[j.name] = true
		}
	}
}

func TestFIFOAgainstAModel(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		checkFIFO(t, random)
	}
}

func checkFIFO(t *testing.T, random *rand.Rand) {
	t.Helper()
	q, model := newFIFO(t), &slowFIFO{initial: map[string]bool{}}
	for state := range 60 {
		j := job{name: strconv.Itoa(random.IntN(6)), state: state}
		var err error
		switch random.IntN(6) {
		case 0:
			model.put(j, true)
			err = q.Add(j)
		case 1:
			model.put(j, true)
			err = q.Update(j)
		case 2:
			model.put(j, false)
			err = q.AddIfNotPresent(j)
		case 3:
			model.begun = true
			at := model.find(j.name)
			if at >= 0 {
				model.drop(at)
			}
			if queued := q.Delete(jobKey(j)); queued != (at >= 0) {
				t.Fatalf("Delete of %v is %v", j, queued)
			}
		case 4:
			jobs := make([]job, random.IntN(5))
			for i := range jobs {
				jobs[i] = job{name: strconv.Itoa(random.IntN(6)), state: 100*state + i}
			}
			model.replace(jobs)
			err = q.Replace(slices.Values(jobs))
		case 5:
			if len(model.jobs) > 0 {
				item, popErr := q.Pop(t.Context())
				if want := model.drop(0); item.Object != want {
					t.Fatalf("popped %v, want %v", item.Object, want)
				}
				err = popErr
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		checkAgainst(t, q, model, j)
	}
	if diff := cmp.Diff(model.jobs, popAll(t, q), cmp.AllowUnexported(job{}), cmp.Transformer("nil", func(jobs []job) []job {
		return append([]job{}, jobs...)
	})); diff != "" {
		t.Fatalf("what is left (-want +got):\n%s", diff)
	}
}

func checkAgainst(t *testing.T, q *queue.FIFO[job], model *slowFIFO, j job) {
	t.Helper()
	if q.Len() != len(model.jobs) {
		t.Fatalf("Len is %d, want %d", q.Len(), len(model.jobs))
	}
	at := model.find(j.name)
	item, queued := q.Get(jobKey(j))
	if queued != (at >= 0) || queued && item.Object != model.jobs[at] {
		t.Fatalf("Get of %s is %v, %v; model %v", j.name, item.Object, queued, model.jobs)
	}
	if got, want := isClosed(q.Synced()), model.begun && len(model.initial) == 0; got != want {
		t.Fatalf("synced is %v, want %v", got, want)
	}
}

// As in client-go: whatever comes before a list says that there is none.
func TestFIFOSyncedByAChangeBeforeAnyList(t *testing.T) {
	changes := map[string]func(q *queue.FIFO[job]) error{
		"Add":             func(q *queue.FIFO[job]) error { return q.Add(job{"a", 1}) },
		"Update":          func(q *queue.FIFO[job]) error { return q.Update(job{"a", 1}) },
		"AddIfNotPresent": func(q *queue.FIFO[job]) error { return q.AddIfNotPresent(job{"a", 1}) },
		"Delete":          func(q *queue.FIFO[job]) error { q.Delete(jobKey(job{"a", 1})); return nil },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			q := newFIFO(t)
			if err := change(q); err != nil {
				t.Fatal(err)
			}
			if !isClosed(q.Synced()) {
				t.Error("not synced")
			}
		})
	}
}

func TestFIFOCloseWakesAllConsumers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t)
		errs := make(chan error, 3)
		for range cap(errs) {
			go func() {
				_, err := q.Pop(t.Context())
				errs <- err
			}()
		}
		synctest.Wait()
		q.Close()
		q.Close()
		for range cap(errs) {
			if err := <-errs; !errors.Is(err, queue.ErrClosed) {
				t.Errorf("Pop = %v, want ErrClosed", err)
			}
		}
	})
}

// Each state that is added is popped once, by one of the consumers, unless a
// newer one took its place; the newest of each key is always popped.
func TestFIFOManyProducersAndConsumers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const producers, each, consumers = 4, 200, 3
		q := newFIFO(t)
		var mu sync.Mutex
		states := map[string][]int{}
		var producing, consuming sync.WaitGroup
		for range consumers {
			consuming.Go(func() {
				for {
					item, err := q.Pop(context.Background())
					if err != nil {
						return
					}
					mu.Lock()
					states[item.Object.name] = append(states[item.Object.name], item.Object.state)
					mu.Unlock()
				}
			})
		}
		for producer := range producers {
			producing.Go(func() {
				for state := range each {
					if err := q.Add(job{strconv.Itoa(producer), state}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		producing.Wait()
		q.Close()
		consuming.Wait()
		for producer := range producers {
			seen := states[strconv.Itoa(producer)]
			slices.Sort(seen) // two consumers may note theirs in either order
			if len(slices.Compact(slices.Clone(seen))) != len(seen) || !slices.Contains(seen, each-1) {
				t.Errorf("producer %d: popped %v", producer, seen)
			}
		}
	})
}
