// SPDX-License-Identifier: Apache-2.0

package index_test

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

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/internal/model"
	"github.com/typedinformer/typedinformer/store"
)

// A task is one state of one object. It has a value or none in an index of each
// kind: the host it runs on, the tags that it has, and a serial number that
// should be its alone.
type task struct {
	key     store.Key
	version string
	host    string // empty: no host
	tags    []string
	serial  int    // zero: no serial number
	broken  string // the name of the index whose function panics on it
}

func taskItem(t *task) (store.Item[*task], error) {
	return store.Item[*task]{Key: t.key, Version: t.version, Object: t}, nil
}

var errBroken = errors.New("the task is broken")

// check panics if the function of an index is to.
func (t *task) check(index string) {
	if t.broken == index {
		panic(errBroken)
	}
}

func hostOf(t *task) (string, bool) {
	t.check("host")
	return t.host, t.host != ""
}

func lateOf(t *task) (string, bool) {
	t.check("late")
	return t.host, t.host != ""
}

// An any in an index may turn out to be something that cannot be compared. It
// comes after good values, which are not to be left behind.
func tagsOf(t *task) (tags []any) {
	for _, tag := range t.tags {
		tags = append(tags, tag)
	}
	if t.broken == "tag" {
		tags = append(tags, t.tags)
	}
	return tags
}

func latestOf(t *task) []any {
	t.check("latest")
	return tagsOf(t)
}

func serialOf(t *task) (int, bool) {
	t.check("serial")
	return t.serial, t.serial != 0
}

// What the model is told of the same indexes: all values of an object, none of
// one that the function panics on. Such a one is held only if it was there
// before the index.
func hostsOf(t *task) []string {
	if t.host == "" {
		return nil
	}
	return []string{t.host}
}

func lateHostsOf(t *task) []string {
	if t.broken == "late" {
		return nil
	}
	return hostsOf(t)
}

func latestTagsOf(t *task) []any {
	if t.broken == "latest" {
		return nil
	}
	return tagsOf(t)
}

func serialsOf(t *task) []int {
	if t.serial == 0 {
		return nil
	}
	return []int{t.serial}
}

func namespacesOf(t *task) []string { return []string{t.key.Namespace} }

const (
	modelKeys    = 150
	modelHosts   = 12
	modelTags    = 6
	modelSerials = 300 // so that some are given twice
)

// A machine does the same to an indexer and to the model of it, and compares.
type machine struct {
	t       *testing.T
	choices *model.Choices
	store   *store.Store[*task]
	indexer *index.Indexer[*task]
	hosts   *index.Index[string, *task]
	tags    *index.Index[any, *task]
	serials *index.Index[int, *task]
	late    *index.Index[string, *task] // of hosts too, added on the way; nil before
	latest  *index.Index[any, *task]    // of tags, added after that; nil before
	model   *model.Model[*task]
	states  int    // made so far
	version string // what the store is said to reflect

	reported, expected []string  // errors of the step, as text
	refused            []error   // by the model, in the last replacement
	pending            []pending // views taken earlier, the oldest first

	each func(step int) // called before each step, if not nil
}

// A pending check compares a view with what it should show: the state of when
// it was taken, whatever has happened since.
type pending struct {
	what  string
	check func() error
}

func newMachine(t *testing.T, choices *model.Choices) *machine {
	m := &machine{t: t, choices: choices, store: store.New(taskItem)}
	m.model = model.New(m.refuses)
	m.indexer = index.New(m.store, index.Options{OnError: func(err error) { m.reported = append(m.reported, err.Error()) }})
	m.hosts = must(index.Add(m.indexer, "host", hostOf))
	m.tags = must(index.AddMulti(m.indexer, "tag", tagsOf))
	m.serials = must(index.AddUnique(m.indexer, "serial", serialOf))
	return m
}

// refuses returns the error of the index that is not to take an item.
func (m *machine) refuses(item store.Item[*task]) error {
	if broken := item.Object.broken; broken != "" && slices.Contains(m.indexer.Names(), broken) {
		return &index.FuncError{Index: broken, Key: item.Key, Err: errBroken}
	}
	return nil
}

func must[V any](value V, err error) V {
	if err != nil {
		panic(err)
	}
	return value
}

// run takes steps until there are no more choices, and then looks at everything
// that is left.
func (m *machine) run() {
	for step := 0; m.choices.More() && !m.t.Failed(); step++ {
		if m.each != nil {
			m.each(step)
		}
		m.step()
		m.compareReports()
		m.compareOne()
		if step%1000 == 0 {
			m.compareAll()
		}
	}
	m.compareAll()
	for len(m.pending) > 0 {
		m.settle()
	}
}

func (m *machine) step() {
	switch m.choices.Below(16) {
	case 0, 1, 2, 3, 4, 5, 6:
		m.put()
	case 7, 8, 9, 10:
		m.delete()
	case 11:
		m.apply()
	case 12:
		if m.choices.Below(5) == 0 {
			m.replace()
		}
	case 13:
		m.view()
	case 14:
		m.settle()
	case 15:
		if m.latest == nil && m.choices.Below(50) == 0 {
			m.addLate()
		}
	}
}

func (m *machine) key() store.Key {
	n := m.choices.Below(modelKeys)
	return store.Key{Namespace: namespaces[n%4], Name: strconv.Itoa(n / 4)}
}

var namespaces = [4]string{"", "one", "two", "three"}

// state makes a new state of a key: one of its own, or, often, one that differs
// in one thing from the state that is held.
func (m *machine) state(key store.Key) *task {
	m.states++
	s := &task{}
	held, found := m.model.Get(key)
	if found && m.choices.Below(3) > 0 {
		*s = *held.Object
	}
	s.key, s.version = key, strconv.Itoa(m.states)
	s.broken = ""
	switch m.choices.Below(8) {
	case 0, 1:
		s.host = m.host()
	case 2:
		s.broken = breakable[m.choices.Below(len(breakable))]
		s.host, s.tags, s.serial = m.host(), m.someTags(), m.choices.Below(modelSerials)
	case 3, 4:
		s.tags = m.someTags()
	case 5, 6:
		s.serial = m.choices.Below(modelSerials)
	}
	return s
}

var breakable = []string{"host", "tag", "serial", "late", "latest"}

func (m *machine) host() string {
	if n := m.choices.Below(modelHosts); n > 0 {
		return "host-" + strconv.Itoa(n)
	}
	return ""
}

// someTags is in any order, and may have a tag twice.
func (m *machine) someTags() (tags []string) {
	for range m.choices.Below(5) {
		tags = append(tags, m.tag())
	}
	return tags
}

func (m *machine) tag() string { return "tag-" + strconv.Itoa(m.choices.Below(modelTags)) }

func (m *machine) put() {
	s := m.state(m.key())
	m.modelPut(itemOf(s), m.store.Add(s))
}

// modelPut does to the model what was done to the store, with that error.
func (m *machine) modelPut(item store.Item[*task], got error) {
	old, existed, want := m.model.Put(item)
	m.compareErrors("putting "+item.Key.String(), want, got)
	switch {
	case want != nil:
	case existed:
		m.Updated(old, item)
	default:
		m.Inserted(item)
	}
}

// compareErrors compares what they say, which for a value that cannot be
// compared is Go's to say.
func (m *machine) compareErrors(doing string, want, got error) {
	var wanted, failure *index.FuncError
	if errors.As(want, &wanted) != errors.As(got, &failure) || wanted != nil && (failure.Index != wanted.Index || failure.Key != wanted.Key || failure.Late) {
		m.t.Errorf("%s: %v, want %v", doing, got, want)
	}
}

func (m *machine) delete() {
	key := m.key()
	m.store.DeleteKey(key)
	m.model.Delete(key)
}

// apply makes some writes at once.
func (m *machine) apply() {
	m.store.Apply(func(tx store.Tx[*task]) {
		m.version = strconv.Itoa(m.states)
		tx.SetVersion(m.version)
		for range m.choices.Below(8) {
			key := m.key()
			if m.choices.Below(3) == 0 {
				tx.Delete(key)
				m.model.Delete(key)
				continue
			}
			item := itemOf(m.state(key))
			_, _, err := tx.Put(item)
			m.modelPut(item, err)
		}
	})
}

// replace makes some of what is held, in its state or another, and some new
// objects the complete content. Some of what is held is kept without a state.
func (m *machine) replace() {
	list, batch := new(model.List[*task]), new(store.Batch[*task])
	say := func(object *task) {
		list.Append(itemOf(object))
		batch.Append(itemOf(object))
	}
	keep := m.choices.Below(5) // of 4
	for _, held := range m.model.Items() {
		switch {
		case m.choices.Below(4) >= keep:
		case m.choices.Below(2) == 0:
			copied := *held.Object // of the same version: it is not looked at
			say(&copied)
		case m.choices.Below(3) == 0:
			list.Keep(held.Key)
			batch.Keep(held.Key)
		default:
			say(m.state(held.Key))
		}
	}
	for range m.choices.Below(modelKeys / 2) {
		say(m.state(m.key()))
	}
	var got refusals
	m.store.Apply(func(tx store.Tx[*task]) { tx.Replace(batch, &got) })
	m.refused = nil
	m.model.Replace(list, m)
	if len(got.errs) != len(m.refused) {
		m.t.Errorf("Replace refused %d objects, want %d", len(got.errs), len(m.refused))
		return
	}
	for i, err := range got.errs {
		m.compareErrors("replacing", m.refused[i], err)
	}
}

// refusals keeps those of a Replace.
type refusals struct{ errs []error }

func (*refusals) Removed(store.Item[*task])                {}
func (*refusals) Inserted(store.Item[*task])               {}
func (*refusals) Updated(_, _ store.Item[*task])           {}
func (*refusals) Unlisted(store.Item[*task])               {}
func (r *refusals) Refused(_ store.Item[*task], err error) { r.errs = append(r.errs, err) }

// Removed, Inserted, Updated and Refused follow what the model does and expect
// the reports of the indexes: of what is refused there are none.
func (m *machine) Removed(store.Item[*task])       {}
func (m *machine) Unlisted(store.Item[*task])      {}
func (m *machine) Inserted(item store.Item[*task]) { m.expectReports(0, item) }
func (m *machine) Updated(old, item store.Item[*task]) {
	m.expectReports(old.Object.serial, item)
}
func (m *machine) Refused(_ store.Item[*task], err error) { m.refused = append(m.refused, err) }

func (m *machine) expectReports(heldSerial int, item store.Item[*task]) {
	object := item.Object
	if object.serial != 0 && object.serial != heldSerial && len(model.ByValue(m.model, serialsOf, object.serial)) > 1 {
		m.expect(&index.UniqueError{Index: "serial", Value: strconv.Itoa(object.serial), Key: item.Key})
	}
}

func (m *machine) expect(err error) { m.expected = append(m.expected, err.Error()) }

// addLate adds another index when there is data.
func (m *machine) addLate() {
	name := "late"
	if m.late == nil {
		m.late = must(index.Add(m.indexer, name, lateOf))
	} else {
		name = "latest"
		m.latest = must(index.AddMulti(m.indexer, name, latestOf))
	}
	for _, item := range m.model.Items() {
		if item.Object.broken == name {
			m.expect(&index.FuncError{Index: name, Key: item.Key, Late: true, Err: errBroken})
		}
	}
}

func (m *machine) compareReports() {
	slices.Sort(m.reported)
	slices.Sort(m.expected)
	if !slices.Equal(m.reported, m.expected) {
		m.t.Errorf("reported errors (-want +got):\n%s", cmp.Diff(m.expected, m.reported))
	}
	m.reported, m.expected = m.reported[:0], m.expected[:0]
}

// view starts to iterate over what a look-up finds, to go on later.
func (m *machine) view() {
	switch m.choices.Below(7) {
	case 0:
		host := m.host()
		m.laterAll("Get("+host+")", model.ByValue(m.model, hostsOf, host), m.hosts.Get(host))
	case 1:
		tag := m.tag()
		m.laterAll("Get("+tag+")", model.ByValue(m.model, tagsOf, any(tag)), m.tags.Get(tag))
	case 2:
		namespace := namespaces[m.choices.Below(4)]
		m.laterAll("Get("+namespace+")", model.ByValue(m.model, namespacesOf, namespace), m.indexer.Namespaces().Get(namespace))
	case 3:
		m.laterAll("All", m.model.Items(), m.indexer.All())
	case 4:
		m.laterAll("a snapshot", m.model.Items(), m.indexer.Snapshot().All())
	case 5, 6:
		m.later("a view", m.wholeView())
	}
}

func (m *machine) laterAll(what string, want []store.Item[*task], sequence iter.Seq[*task]) {
	rest := pull(sequence, m.choices)
	m.later(what, func() error { return diff(want, rest()) })
}

func (m *machine) later(what string, check func() error) {
	m.pending = append(m.pending, pending{what, check})
	if len(m.pending) > 16 {
		m.settle()
	}
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

// compareOne asks one question of one index.
func (m *machine) compareOne() {
	switch m.choices.Below(6) {
	case 0:
		compareValue(m, m.hosts, hostsOf, m.host())
	case 1:
		compareValue(m, m.tags, tagsOf, any(m.tag()))
	case 2:
		compareValue(m, m.serials, serialsOf, m.choices.Below(modelSerials))
	case 3:
		compareValue(m, m.indexer.Namespaces(), namespacesOf, namespaces[m.choices.Below(4)])
	case 4:
		if m.late != nil {
			compareValue(m, m.late, lateHostsOf, m.host())
		}
	case 5:
		if m.latest != nil {
			compareValue(m, m.latest, latestTagsOf, any(m.tag()))
		}
	}
}

// compareValue asks one of the questions about a value that there are.
func compareValue[K comparable](m *machine, x *index.Index[K, *task], values func(*task) []K, value K) {
	want := model.ByValue(m.model, values, value)
	var err error
	how := m.choices.Below(5)
	switch how {
	case 0:
		err = diff(want, slices.Collect(x.Get(value)))
	case 1:
		err = diff(want, x.List(value))
	case 2:
		if got := x.Count(value); got != len(want) {
			err = fmt.Errorf("Count = %d, want %d", got, len(want))
		}
	case 3:
		first, found := x.First(value)
		if found != (len(want) > 0) || found && !slices.ContainsFunc(want, func(item store.Item[*task]) bool { return item.Object == first }) {
			err = fmt.Errorf("First = %v, %t, want one of %d", first, found, len(want))
		}
	case 4:
		var got []*task
		if got, err = m.indexer.Lookup(x.Name(), fmt.Sprint(value)); err == nil {
			err = diff(want, got)
		}
	}
	if err != nil {
		m.t.Errorf("index %q, value %v, question %d: %v", x.Name(), value, how, err)
	}
}

func (m *machine) compareAll() {
	if err := diff(m.model.Items(), m.indexer.List()); err != nil {
		m.t.Errorf("List: %v", err)
	}
	compareIndex(m, m.hosts, hostsOf)
	compareIndex(m, m.tags, tagsOf)
	compareIndex(m, m.serials, serialsOf)
	if m.late != nil {
		compareIndex(m, m.late, lateHostsOf)
	}
	if m.latest != nil {
		compareIndex(m, m.latest, latestTagsOf)
	}
	compareValues(m, m.indexer.Namespaces(), namespacesOf)
}

func compareIndex[K comparable](m *machine, x *index.Index[K, *task], values func(*task) []K) {
	compareValues(m, x, values)
	example := m.state(m.key())
	example.broken = "" // a panic on an example is the caller's
	want := model.Like(m.model, values, example)
	if err := diff(want, slices.Collect(x.Like(example))); err != nil {
		m.t.Errorf("index %q, Like(%+v): %v", x.Name(), example, err)
	}
}

// compareValues checks the values that an index has, and the objects of each.
func compareValues[K comparable](m *machine, x *index.Index[K, *task], values func(*task) []K) {
	want := model.Counts(m.model, values)
	if diff := cmp.Diff(want, maps.Collect(x.Counts())); diff != "" {
		m.t.Errorf("index %q, Counts (-want +got):\n%s", x.Name(), diff)
	}
	var texts []string
	for value := range want {
		texts = append(texts, fmt.Sprint(value))
		if err := diff(model.ByValue(m.model, values, value), slices.Collect(x.Get(value))); err != nil {
			m.t.Errorf("index %q, value %v: %v", x.Name(), value, err)
		}
	}
	slices.Sort(texts)
	if got, err := m.indexer.Values(x.Name()); err != nil || !slices.Equal(got, texts) {
		m.t.Errorf("index %q, Values (%v) (-want +got):\n%s", x.Name(), err, cmp.Diff(texts, got))
	}
	keys := map[K]int{}
	for key := range x.Keys() {
		keys[key]++
	}
	if len(keys) != len(want) || x.Len() != len(want) {
		m.t.Errorf("index %q has %d keys and Len %d, want %d", x.Name(), len(keys), x.Len(), len(want))
	}
}

func itemOf(t *task) store.Item[*task] {
	item, _ := taskItem(t)
	return item
}

// diff compares pointers as pointers: an index finds what was put in, not
// something like it. It puts got in order.
func diff(want []store.Item[*task], got []*task) error {
	slices.SortFunc(got, func(a, b *task) int { return a.key.Compare(b.key) })
	if slices.EqualFunc(want, got, func(item store.Item[*task], object *task) bool { return item.Object == object }) {
		return nil
	}
	var wanted []*task
	for _, item := range want {
		wanted = append(wanted, item.Object)
	}
	return fmt.Errorf("got %d objects, want %d (-want +got):\n%s", len(got), len(want), cmp.Diff(wanted, got, cmp.AllowUnexported(task{})))
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
	f.Add([]byte("some operations on an indexer and its model"))
	f.Add([]byte{0, 9, 0, 3, 1, 3, 0, 0, 1, 1, 0, 13, 0, 3, 0, 7, 9})
	f.Add([]byte{0, 9, 0, 5, 7, 7, 0, 0, 1, 1, 0, 0, 10, 0, 5, 7, 7, 12, 0, 4})
	f.Fuzz(func(t *testing.T, data []byte) { newMachine(t, model.Bytes(data)).run() })
}

// TestModelWithReaders makes the same operations while others read, and checks
// that what each of them sees is in order in itself.
func TestModelWithReaders(t *testing.T) {
	t.Parallel()
	m := newMachine(t, model.Random(model.Seed(t), modelSteps()))
	turns := make(chan int, 1)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for turn := range turns {
				if err := m.readOnce(turn); err != nil {
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
func offer(turns chan<- int, step int) {
	if step%8 != 0 {
		return
	}
	select {
	case turns <- step / 8:
	default:
	}
}

// readOnce looks at all indexes. It uses what does not change: no choices, no
// model.
func (m *machine) readOnce(turn int) error {
	host, tag, serial := "host-"+strconv.Itoa(1+turn%(modelHosts-1)), "tag-"+strconv.Itoa(turn%modelTags), 1+turn%(modelSerials-1)
	namespace := namespaces[turn%4]
	counts := 0
	for _, count := range m.hosts.Counts() {
		if count == 0 {
			return errors.New("there is a host without tasks")
		}
		counts += count
	}
	if counts > modelKeys {
		return fmt.Errorf("%d tasks on all hosts, of %d", counts, modelKeys)
	}
	snapshot := m.indexer.Snapshot()
	return errors.Join(
		m.agrees(m.indexer.View()),
		allHave(m.hosts.Get(host), hostsOf, host),
		allHave(slices.Values(m.hosts.List(host)), hostsOf, host),
		allHave(m.tags.Get(tag), tagsOf, any(tag)),
		allHave(m.serials.Get(serial), serialsOf, serial),
		allHave(m.indexer.Namespaces().Get(namespace), namespacesOf, namespace),
		sameTwice(snapshot),
	)
}

// allHave checks that all objects have the value, and that none is there twice.
func allHave[K comparable](objects iter.Seq[*task], values func(*task) []K, value K) error {
	seen := map[store.Key]bool{}
	for object := range objects {
		if !slices.Contains(values(object), value) {
			return fmt.Errorf("a look-up of %v found %+v", value, object)
		}
		if seen[object.key] {
			return fmt.Errorf("a look-up of %v found %v twice", value, object.key)
		}
		seen[object.key] = true
	}
	return nil
}

func sameTwice(snapshot store.Snapshot[*task]) error {
	first, second := snapshot.List(), slices.Collect(snapshot.All())
	if !slices.Equal(first, second) || len(first) != snapshot.Len() {
		return fmt.Errorf("a snapshot of %d shows %d objects and then %d", snapshot.Len(), len(first), len(second))
	}
	return nil
}

// TestG03_IndexesNeverDisagreeWithObjects lets tasks change places, two in one
// Apply, and now and then replaces all of them: a host always has as many tasks
// as any other, and a task is on the host under which it is found.
func TestG03_IndexesNeverDisagreeWithObjects(t *testing.T) {
	t.Parallel()
	const perHost = 20
	s := store.New(taskItem)
	indexer := index.New(s, index.Options{OnError: func(err error) { t.Error(err) }})
	hosts := must(index.Add(indexer, "host", hostOf))
	held := make([]*task, modelHosts*perHost)
	for n := range held {
		held[n] = &task{key: store.Key{Namespace: "one", Name: strconv.Itoa(n)}, host: "host-" + strconv.Itoa(n%modelHosts)}
	}
	if err := s.Replace(slices.Values(held)); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for turn := 0; ; turn++ {
				select {
				case <-done:
					return
				default:
				}
				host := "host-" + strconv.Itoa(turn%modelHosts)
				listed, iterated := hosts.List(host), slices.Collect(hosts.Get(host))
				if len(listed) != perHost || len(iterated) != perHost || hosts.Count(host) != perHost {
					t.Errorf("%s has %d, %d and %d tasks, want %d", host, len(listed), len(iterated), hosts.Count(host), perHost)
					return
				}
				if err := errors.Join(allHave(slices.Values(listed), hostsOf, host), allHave(slices.Values(iterated), hostsOf, host)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	choices := model.Random(model.Seed(t), modelSteps()/5)
	for choices.More() {
		a, b := choices.Below(len(held)), choices.Below(len(held))
		movedA, movedB := *held[a], *held[b]
		movedA.host, movedB.host = held[b].host, held[a].host
		held[a], held[b] = &movedA, &movedB
		if choices.Below(50) == 0 {
			if err := s.Replace(slices.Values(held)); err != nil {
				t.Error(err)
			}
			continue
		}
		s.Apply(func(tx store.Tx[*task]) {
			tx.Put(itemOf(held[a]))
			tx.Put(itemOf(held[b]))
		})
	}
	close(done)
	readers.Wait()
}
