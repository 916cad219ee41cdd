// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/internal/model"
	"github.com/typedinformer/typedinformer/store"
)

// A state is one state of one object; no two states have the same number, and
// later ones have higher numbers.
type state struct {
	key     store.Key
	uid     types.UID
	version string // empty for some, as of a source without versions
	number  int
	badFor  int // the number of the mirror that does not take it; 0 is none
}

func stateItem(s *state) (store.Item[*state], error) {
	return store.Item[*state]{Key: s.key, UID: s.uid, Version: s.version, Object: s}, nil
}

// modelKeys are so many that the store needs several pages, and so few that
// they are met again and again.
const modelKeys = 300

// A machine does the same to a store and to the model of it, and compares.
type machine struct {
	t       *testing.T
	choices *model.Choices
	store   *store.Store[*state]
	model   *model.Model[*state]
	mirrors []*mirror
	states  int       // made so far
	pending []pending // views taken earlier, the oldest first

	each func(step int) // called before each step, if not nil
}

// A pending check compares a view with what it should show: the state of when
// it was taken, whatever has happened since.
type pending struct {
	what  string
	check func() error
}

func newMachine(t *testing.T, choices *model.Choices) *machine {
	m := &machine{t: t, choices: choices, store: store.New(stateItem)}
	m.model = model.New(m.refuses)
	m.observe()
	m.observe()
	return m
}

// lastMirror is the number of the mirror that is added on the way.
const lastMirror = 3

// observe adds a mirror, which leaves out what it does not take of what there is.
func (m *machine) observe() {
	added := &mirror{t: m.t, number: len(m.mirrors) + 1, held: map[store.Slot]*state{}}
	m.mirrors = append(m.mirrors, added)
	want := m.model.Where(func(item store.Item[*state]) bool { return item.Object.badFor == added.number })
	if refused := m.store.Observe(added); len(refused) != len(want) {
		m.t.Errorf("a mirror added late refused %d objects, want %d", len(refused), len(want))
	}
}

func (m *machine) refuses(item store.Item[*state]) error {
	if item.Object.badFor == 0 || item.Object.badFor > len(m.mirrors) {
		return nil
	}
	return errBad
}

// run takes steps until there are no more choices, and then looks at
// everything that is left.
func (m *machine) run() {
	for step := 0; m.choices.More() && !m.t.Failed(); step++ {
		if m.each != nil {
			m.each(step)
		}
		m.step()
		if step%500 == 0 {
			m.compareAll()
		}
	}
	m.compareAll()
	for len(m.pending) > 0 {
		m.settle()
	}
}

func (m *machine) step() {
	switch m.choices.Below(21) {
	case 0, 1, 2, 3, 4:
		m.write(m.store.Add)
	case 5, 6, 7, 8:
		m.write(m.store.Update)
	case 9, 10, 11:
		m.delete()
	case 12:
		m.deleteKey()
	case 13, 14, 15:
		m.apply()
	case 16:
		if m.choices.Below(5) == 0 {
			m.replace()
		}
	case 17:
		m.refuse()
	case 18:
		m.view()
	case 19:
		m.settle()
	case 20:
		if len(m.mirrors) < lastMirror && m.choices.Below(20) == 0 {
			m.observe()
		}
	}
	m.compareOne()
}

func (m *machine) key() store.Key {
	return modelKey(m.choices.Below(modelKeys))
}

func modelKey(n int) store.Key {
	return store.Key{Namespace: namespaces[n%4], Name: strconv.Itoa(n / 4)}
}

var namespaces = [4]string{"", "one", "two", "three"}

// state makes a new state of a key. Its version is new as well, or empty.
func (m *machine) state(key store.Key) *state {
	m.states++
	s := &state{key: key, uid: types.UID(strconv.Itoa(m.choices.Below(3))), number: m.states}
	if m.choices.Below(4) > 0 {
		s.version = strconv.Itoa(m.states)
	}
	if m.choices.Below(8) == 0 {
		s.badFor = 1 + m.choices.Below(lastMirror)
	}
	return s
}

func (m *machine) write(write func(*state) error) {
	s := m.state(m.key())
	err := write(s)
	if _, _, want := m.model.Put(itemOf(s)); !errors.Is(err, want) || want == nil && err != nil {
		m.t.Errorf("writing %v: %v, want %v", s.key, err, want)
	}
}

func (m *machine) delete() {
	s := m.state(m.key())
	if err := m.store.Delete(s); err != nil {
		m.t.Errorf("deleting %v: %v", s.key, err)
	}
	m.model.Delete(s.key)
}

func (m *machine) deleteKey() {
	key := m.key()
	got, gotExisted := m.store.DeleteKey(key)
	want, wantExisted := m.model.Delete(key)
	if got != want.Object || gotExisted != wantExisted {
		m.t.Errorf("DeleteKey(%v) = %v, %t, want %v, %t", key, got, gotExisted, want.Object, wantExisted)
	}
}

// apply makes some writes at once, and reads between them.
func (m *machine) apply() {
	m.store.Apply(func(tx store.Tx[*state]) {
		for range m.choices.Below(8) {
			key := m.key()
			var got, want store.Item[*state]
			var gotExisted, wantExisted bool
			var gotError, wantError error
			switch m.choices.Below(4) {
			case 0:
				got, gotExisted = tx.Get(key)
				want, wantExisted = m.model.Get(key)
			case 1:
				got, gotExisted = tx.Delete(key)
				want, wantExisted = m.model.Delete(key)
			default:
				item := itemOf(m.state(key))
				got, gotExisted, gotError = tx.Put(item)
				want, wantExisted, wantError = m.model.Put(item)
			}
			if got != want || gotExisted != wantExisted || gotError != wantError {
				m.t.Errorf("within Apply, of %v: got %v, %t, %v, want %v, %t, %v", key, got, gotExisted, gotError, want, wantExisted, wantError)
			}
		}
	})
}

// replace gives store and model a new complete content: of what is held, some
// is gone, some has the version that is held on another object, some has
// changed; some is new, and some is listed twice. Half the time it goes through
// a transaction, which reports, and keys are kept and dropped as well.
func (m *machine) replace() {
	var got, want changes
	if m.choices.Below(2) == 0 {
		batch := new(store.Batch[*state])
		list := m.list(batch)
		m.model.Replace(list, &want)
		m.store.Apply(func(tx store.Tx[*state]) { tx.Replace(batch, &got) })
		slices.SortFunc(got.removed, func(a, b store.Item[*state]) int { return a.Key.Compare(b.Key) })
		if !slices.Equal(got.removed, want.removed) || !slices.Equal(got.written, want.written) || got.refused != want.refused {
			m.t.Errorf("Replace reported %v, want %v", got, want)
		}
		return
	}
	list := m.list(nil)
	m.model.Replace(list, &want)
	err := m.store.Replace(slices.Values(objectsOf(list.Items())))
	if got := len(allErrors(err)); got != want.refused || err != nil && !errors.Is(err, errBad) {
		m.t.Errorf("Replace refused %d objects, want %d: %v", got, want.refused, err)
	}
}

// allErrors takes apart what was joined.
func allErrors(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}

// list makes up a list. If there is a batch it says the same to that, and more
// than just items.
func (m *machine) list(batch *store.Batch[*state]) *model.List[*state] {
	list := new(model.List[*state])
	keep := m.choices.Below(5) // of 4: none, some or all of what is held
	for _, held := range m.model.Items() {
		if m.choices.Below(4) >= keep {
			continue
		}
		s := m.state(held.Key)
		if m.choices.Below(2) == 0 {
			s.version, s.uid = held.Version, held.UID
		}
		m.say(list, batch, s)
	}
	for range m.choices.Below(modelKeys / 2) {
		m.say(list, batch, m.state(m.key()))
	}
	if batch != nil {
		m.compareBatch(batch, list)
	}
	return list
}

// say adds a state to the list, or, to a batch too, something else about its key.
func (m *machine) say(list *model.List[*state], batch *store.Batch[*state], s *state) {
	verb := m.choices.Below(8)
	switch {
	case batch == nil:
		list.Append(itemOf(s))
	case verb == 0:
		list.Drop(s.key)
		batch.Drop(s.key)
	case verb <= 2:
		list.Keep(s.key)
		batch.Keep(s.key)
	default:
		list.Append(itemOf(s))
		batch.Append(itemOf(s))
	}
}

func (m *machine) compareBatch(batch *store.Batch[*state], list *model.List[*state]) {
	items, kept := list.Items(), list.Kept()
	if got := slices.Collect(batch.All()); !slices.Equal(got, items) || batch.Len() != len(items) {
		m.t.Errorf("a batch has %d items, Len %d, want %d", len(got), batch.Len(), len(items))
	}
	if err := diff(kept, sortedKeys(slices.Collect(batch.Kept()))); err != nil {
		m.t.Errorf("a batch keeps: %v", err)
	}
}

// refuse writes what cannot be written.
func (m *machine) refuse() {
	bad := m.state(store.Key{Namespace: "namespace-1"})
	objects := slices.Values([]*state{m.state(m.key()), bad})
	for name, err := range map[string]error{
		"Add": m.store.Add(bad), "Delete": m.store.Delete(bad), "Replace": m.store.Replace(objects),
	} {
		if err == nil {
			m.t.Errorf("%s took an object without a name", name)
		}
	}
}

// view takes a snapshot, or an iterator and pulls a part of it, to be compared
// later.
func (m *machine) view() {
	want := m.model.Items()
	switch m.choices.Below(4) {
	case 0:
		snapshot := m.store.Snapshot()
		m.later("a snapshot", func() error { return compareSnapshot(snapshot, want) })
	case 1:
		m.laterAll("All", objectsOf(want), pull(m.store.All(), m.choices))
	case 2:
		m.laterAll("Snapshot.All", objectsOf(want), pull(m.store.Snapshot().All(), m.choices))
	case 3:
		rest := pull(m.store.Keys(), m.choices)
		m.later("an iterator over Keys", func() error { return diff(keysOf(want), sortedKeys(rest())) })
	}
}

func (m *machine) laterAll(what string, want []*state, rest func() []*state) {
	m.later("an iterator over "+what, func() error { return diff(want, sortedStates(rest())) })
}

// pull starts a sequence and reads some of it; rest reads what is left and
// returns all.
func pull[V any](sequence iter.Seq[V], choices *model.Choices) (rest func() []V) {
	next, stop := iter.Pull(sequence)
	var read []V
	for range 1 + choices.Below(modelKeys) {
		value, more := next()
		if !more {
			break
		}
		read = append(read, value)
	}
	return func() []V {
		defer stop()
		for {
			value, more := next()
			if !more {
				return read
			}
			read = append(read, value)
		}
	}
}

func (m *machine) later(what string, check func() error) {
	m.pending = append(m.pending, pending{what: what, check: check})
	if len(m.pending) > 16 {
		m.settle()
	}
}

// settle looks at the view that was taken first.
func (m *machine) settle() {
	if len(m.pending) == 0 {
		return
	}
	oldest := m.pending[0]
	m.pending = m.pending[1:]
	if err := oldest.check(); err != nil {
		m.t.Errorf("%s, read after later writes: %v", oldest.what, err)
	}
}

func (m *machine) compareOne() {
	key := m.key()
	want, wantFound := m.model.Get(key)
	if got, found := m.store.Item(key); got != want || found != wantFound {
		m.t.Errorf("Item(%v) = %v, %t, want %v, %t", key, got, found, want, wantFound)
	}
	if got, found := m.store.Get(key); got != want.Object || found != wantFound {
		m.t.Errorf("Get(%v) = %v, %t, want %v, %t", key, got, found, want.Object, wantFound)
	}
	if got := m.store.Len(); got != m.model.Len() {
		m.t.Errorf("Len() = %d, want %d", got, m.model.Len())
	}
}

func (m *machine) compareAll() {
	want := m.model.Items()
	for _, mirror := range m.mirrors {
		if err := diff(objectsOf(m.model.Where(mirror.takes)), sortedStates(slices.Collect(maps.Values(mirror.held)))); err != nil {
			m.t.Errorf("mirror %d: %v", mirror.number, err)
		}
	}
	for what, err := range map[string]error{
		"Snapshot": compareSnapshot(m.store.Snapshot(), want),
		"List":     diff(objectsOf(want), sortedStates(m.store.List())),
		"All":      diff(objectsOf(want), sortedStates(slices.Collect(m.store.All()))),
		"Keys":     diff(keysOf(want), sortedKeys(slices.Collect(m.store.Keys()))),
	} {
		if err != nil {
			m.t.Errorf("%s: %v", what, err)
		}
	}
	for key, object := range m.store.Items() {
		if object.key != key {
			m.t.Errorf("Items() yielded %v with the object of %v", key, object.key)
		}
	}
}

func compareSnapshot(got store.Snapshot[*state], want []store.Item[*state]) error {
	if got.Len() != len(want) {
		return fmt.Errorf("Len() = %d, want %d", got.Len(), len(want))
	}
	held := 0
	for n := range modelKeys {
		if object, found := got.Get(modelKey(n)); found {
			held++
			if object.key != modelKey(n) {
				return fmt.Errorf("Get(%v) found %v", modelKey(n), object.key)
			}
		}
	}
	if held != len(want) {
		return fmt.Errorf("Get found %d objects, want %d", held, len(want))
	}
	for _, item := range want {
		if object, found := got.Get(item.Key); object != item.Object || !found {
			return fmt.Errorf("Get(%v) = %v, %t, want %v", item.Key, object, found, item.Object)
		}
	}
	return diff(objectsOf(want), sortedStates(got.List()))
}

// changes records what a Replace reports.
type changes struct {
	removed []store.Item[*state]
	written [][2]store.Item[*state] // before and after; one that is refused and nothing
	refused int
}

func (c *changes) Unlisted(old store.Item[*state]) {
	panic(fmt.Sprintf("%v is said to be unlisted, and all lists are complete", old.Key))
}

func (c *changes) Refused(item store.Item[*state], _ error) {
	c.refused++
	c.written = append(c.written, [2]store.Item[*state]{item, {}})
}

func (c *changes) Removed(old store.Item[*state]) { c.removed = append(c.removed, old) }
func (c *changes) Inserted(item store.Item[*state]) {
	c.written = append(c.written, [2]store.Item[*state]{{}, item})
}
func (c *changes) Updated(old, item store.Item[*state]) {
	c.written = append(c.written, [2]store.Item[*state]{old, item})
}

func itemOf(s *state) store.Item[*state] {
	item, _ := stateItem(s)
	return item
}

func objectsOf(items []store.Item[*state]) (objects []*state) {
	for _, item := range items {
		objects = append(objects, item.Object)
	}
	return objects
}

func keysOf(items []store.Item[*state]) (keys []store.Key) {
	for _, item := range items {
		keys = append(keys, item.Key)
	}
	return keys
}

func sortedStates(states []*state) []*state {
	slices.SortFunc(states, func(a, b *state) int { return a.key.Compare(b.key) })
	return states
}

func sortedKeys(keys []store.Key) []store.Key {
	slices.SortFunc(keys, store.Key.Compare)
	return keys
}

// diff compares pointers as pointers: a store returns what was put in, not
// something like it.
func diff[V comparable](want, got []V) error {
	if slices.Equal(want, got) {
		return nil
	}
	return fmt.Errorf("got %d, want %d (-want +got):\n%s", len(got), len(want), cmp.Diff(want, got, cmp.AllowUnexported(state{})))
}

// modelSteps is how many operations a model test makes.
func modelSteps() int {
	if testing.Short() {
		return 10_000
	}
	return 100_000
}

func TestModel(t *testing.T) {
	t.Parallel()
	newMachine(t, model.Random(model.Seed(t), modelSteps())).run()
}

func FuzzOperations(f *testing.F) {
	f.Add([]byte("some operations"))
	f.Add([]byte{0, 0, 0, 0, 0, 18, 0, 9, 0, 0, 0, 19})
	f.Add([]byte{0, 0, 9, 1, 1, 5, 0, 9, 1, 1, 16, 4, 0, 0, 1, 2, 3, 18, 1, 0, 1, 12, 0, 9, 19})
	f.Fuzz(func(t *testing.T, data []byte) { newMachine(t, model.Bytes(data)).run() })
}

// TestModelWithReaders makes the same operations while others read, and checks
// that what each of them sees is in order in itself.
func TestModelWithReaders(t *testing.T) {
	t.Parallel()
	m := newMachine(t, model.Random(model.Seed(t), modelSteps()))
	turns := make(chan struct{}, 1)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			seen := map[store.Key]int{}
			for range turns {
				if err := readOnce(m.store, seen); err != nil {
					t.Error(err)
				}
			}
		})
	}
	m.each = func(step int) { offer(turns, step) }
	m.run()
	close(turns)
	readers.Wait()
}

// offer gives readers something to do from time to time, if they are not busy:
// reading all the while, they would take most of the time.
func offer(turns chan<- struct{}, step int) {
	if step%8 != 0 {
		return
	}
	select {
	case turns <- struct{}{}:
	default:
	}
}

// readOnce looks at the store in all ways. seen has the highest state of each
// key that this reader has met: a later look must not show an earlier one.
func readOnce(s *store.Store[*state], seen map[store.Key]int) error {
	snapshot := s.Snapshot()
	first, second := sortedStates(snapshot.List()), sortedStates(slices.Collect(snapshot.All()))
	if !slices.Equal(first, second) || len(first) != snapshot.Len() {
		return fmt.Errorf("a snapshot of %d shows %d objects and then %d", snapshot.Len(), len(first), len(second))
	}
	for key, object := range s.Items() {
		if object.key != key {
			return fmt.Errorf("%v has the object of %v", key, object.key)
		}
		if object.number < seen[key] {
			return fmt.Errorf("%v went back from state %d to %d", key, seen[key], object.number)
		}
		seen[key] = object.number
	}
	for _, earlier := range first {
		now, found := s.Get(earlier.key)
		if found && (now.key != earlier.key || now.number < seen[earlier.key]) {
			return fmt.Errorf("Get(%v) = state %d of %v after state %d was seen", earlier.key, now.number, now.key, seen[earlier.key])
		}
	}
	return nil
}

// TestG03_ReadersSeeAllOfAnApplyOrNothing moves an amount between objects, one
// Apply a time, and now and then replaces everything by objects of other names:
// number and sum stay the same in every view.
func TestG03_ReadersSeeAllOfAnApplyOrNothing(t *testing.T) {
	t.Parallel()
	const accounts, each = 200, 1_000
	generation := 0
	account := func(n, amount int) *state {
		return &state{key: store.Key{Namespace: strconv.Itoa(generation), Name: strconv.Itoa(n)}, number: amount}
	}
	s := store.New(stateItem)
	held := make([]*state, accounts)
	for n := range held {
		held[n] = account(n, each)
	}
	if err := s.Replace(slices.Values(held)); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				for what, view := range map[string][]*state{"All": slices.Collect(s.All()), "List": s.List()} {
					if sum := total(view); len(view) != accounts || sum != accounts*each {
						t.Errorf("%s shows %d accounts with %d in all, want %d with %d", what, len(view), sum, accounts, accounts*each)
						return
					}
				}
			}
		})
	}
	choices := model.Random(model.Seed(t), modelSteps()/10)
	for choices.More() {
		from, to, amount := choices.Below(accounts), choices.Below(accounts-1), choices.Below(100)
		if to >= from {
			to++
		}
		held[from], held[to] = account(from, held[from].number-amount), account(to, held[to].number+amount)
		if choices.Below(50) == 0 {
			generation++
			for n := range held {
				held[n] = account(n, held[n].number)
			}
			if err := s.Replace(slices.Values(held)); err != nil {
				t.Error(err)
			}
			continue
		}
		s.Apply(func(tx store.Tx[*state]) {
			tx.Put(itemOf(held[from]))
			tx.Put(itemOf(held[to]))
		})
	}
	close(done)
	readers.Wait()
}

func total(states []*state) (sum int) {
	for _, s := range states {
		sum += s.number
	}
	return sum
}
