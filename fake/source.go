// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

// Object is what a [Source] can hold: a pointer to a Kubernetes type, of the
// API or of one's own. DeepCopyObject must return the same type.
type Object interface {
	metav1.Object
	runtime.Object
}

// Source is one resource of an API server, in memory: objects with resource
// versions, and the history of what was written. It is a
// [listwatch.ListWatcher], and a [View] of all its objects.
//
// Create, Update, Delete and Get behave as those of a client: they copy what
// they are given and return copies that belong to the caller. List and Watch
// hand out the stored objects, which all readers share and nobody may change;
// each was copied once, when it was written.
//
// A Source is safe for concurrent use by multiple goroutines. A writer never
// waits for a reader.
type Source[T Object] struct {
	View[T] // of everything

	definition

	selectable map[string]func(T) string // what field selectors may name, besides name and namespace
	period     time.Duration             // of bookmarks
	space      uint32                    // sets the UIDs of this source apart from those of others

	mu        *clock // guards all below; held for short, never while waiting
	history   history[T]
	bookmarks uint64        // how often Bookmark was called
	wake      chan struct{} // closed at the next write or bookmark; nil if nobody waits
}

// NewSource makes an empty source.
func NewSource[T Object](options Options) *Source[T] {
	kind := kindOf[T](options.Kind)
	d := definition{resource: resourceOf(options, kind), kind: kind, namespaced: true}
	d.ofType(reflect.TypeFor[T](), false)
	return newSource[T](d, nil, options.History, options.BookmarkPeriod, newClock())
}

func newSource[T Object](d definition, selectable map[string]func(T) string, kept int, period time.Duration, clock *clock) *Source[T] {
	if kept <= 0 {
		kept = defaultHistory
	}
	source := &Source[T]{
		definition: d,
		selectable: selectable,
		period:     period,
		history:    newHistory[T](kept, clock),
		mu:         clock,
	}
	// The UIDs of two resources must differ, and must be the same in each run,
	// or no test could name them.
	sum := fnv.New32a()
	fmt.Fprint(sum, d.resource.String(), reflect.TypeFor[T]())
	source.space = sum.Sum32()
	source.View = View[T]{source: source}
	return source
}

// Create adds a copy of object and returns another, with UID, creation time and
// resource version set as a server does, whatever object has for the first two.
// An object without a name gets one if it has a GenerateName.
//
// The errors are those of an API server: AlreadyExists, Invalid for an object
// without a usable name, BadRequest if a resource version is set already.
func (s *Source[T]) Create(object T) (T, error) {
	var none T
	if isNil(object) {
		return none, errNil("Create")
	}
	if object.GetResourceVersion() != "" {
		return none, apierrors.NewBadRequest("resourceVersion should not be set on objects to be created")
	}
	created := copyOf(object)
	s.mu.Lock()
	defer s.mu.Unlock()
	if created.GetName() == "" && created.GetGenerateName() != "" {
		created.SetName(generateName(created.GetGenerateName(), s.mu.now, 0))
	}
	key := keyOf(created)
	if err := key.Validate(); err != nil {
		return none, s.invalid(key, err)
	}
	if s.history.get(key) != nil {
		return none, apierrors.NewAlreadyExists(s.resource.GroupResource(), key.Name)
	}
	created.SetUID(s.uid())
	created.SetCreationTimestamp(now())
	return copyOf(s.write(created, false)), nil
}

// Update replaces the object of the same key by a copy of object and returns
// another, with its new resource version. UID and creation time stay what they
// are. Each call is a write, also one that changes nothing.
//
// If object has a resource version, or a UID, it must be the current one: the
// error is Conflict otherwise. Without the two the update is unconditional. The
// other errors are NotFound and, for an object without a usable name, Invalid.
func (s *Source[T]) Update(object T) (T, error) {
	var none T
	if isNil(object) {
		return none, errNil("Update")
	}
	updated := copyOf(object)
	key := keyOf(updated)
	if err := key.Validate(); err != nil {
		return none, s.invalid(key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.history.get(key)
	if current == nil {
		return none, apierrors.NewNotFound(s.resource.GroupResource(), key.Name)
	}
	if given := updated.GetResourceVersion(); given != "" && given != current.item.Version {
		return none, apierrors.NewConflict(s.resource.GroupResource(), key.Name,
			fmt.Errorf("the object has been modified: version %s was given, the current one is %s; read it again and apply the change to that", given, current.item.Version))
	}
	if given := updated.GetUID(); given != "" && given != current.item.UID {
		return none, apierrors.NewConflict(s.resource.GroupResource(), key.Name,
			fmt.Errorf("UID %s was given, that of the object is %s: it was deleted and created anew", given, current.item.UID))
	}
	updated.SetUID(current.item.UID)
	updated.SetCreationTimestamp(current.item.Object.GetCreationTimestamp())
	return copyOf(s.write(updated, false)), nil
}

// Delete removes the object of key and returns a copy of its last state, with
// the version of the deletion, which is what watches report. The error is
// NotFound if there is none. Finalizers are not looked at.
func (s *Source[T]) Delete(key store.Key) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.history.get(key)
	if current == nil {
		var none T
		return none, apierrors.NewNotFound(s.resource.GroupResource(), key.Name)
	}
	return copyOf(s.write(copyOf(current.item.Object), true)), nil
}

// Get returns a copy of the object of key as it is now.
func (s *Source[T]) Get(key store.Key) (object T, found bool) {
	s.mu.Lock()
	current := s.history.get(key)
	s.mu.Unlock()
	if current == nil {
		return object, false
	}
	return copyOf(current.item.Object), true
}

// Len returns the number of objects.
func (s *Source[T]) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.history.live
}

// Version returns the resource version of the last write. The one before the
// first write is 1.
func (s *Source[T]) Version() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return formatVersion(s.history.version())
}

// Compact forgets the history. From then on a watch from a version older than
// the newest, a running one that is behind, and the next page of a list that
// was begun get the error "expired" (410).
func (s *Source[T]) Compact() { s.compact(s.mu.version()) }

// CompactTo forgets what was before version; see [APIServer.CompactTo].
func (s *Source[T]) CompactTo(version string) error {
	to, err := compactionPoint(version, s.mu.version())
	if err != nil {
		return err
	}
	s.compact(to)
	return nil
}

// Bookmark sends a bookmark to every watch that runs now and asked for them,
// once it has read what was written before. Calls that come before a watch has
// come round to the first are one.
func (s *Source[T]) Bookmark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bookmarks++
	s.wakeAll()
}

// uid is that of an object which the next write creates. The caller holds mu.
func (s *Source[T]) uid() types.UID {
	return types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", s.space, s.mu.now+1))
}

// now is the time as the wire has it, in whole seconds: more would be lost over
// HTTP.
func now() metav1.Time { return metav1.NewTime(time.Now().Truncate(time.Second)) }

// write makes object, which is the source's own, the next revision of its key,
// and returns it. The caller holds mu.
func (s *Source[T]) write(object T, deleted bool) T {
	version := s.mu.now + 1
	object.SetResourceVersion(formatVersion(version))
	s.setKind(object)
	s.history.write(&revision[T]{
		version: version,
		deleted: deleted,
		item: store.Item[T]{
			Key:     keyOf(object),
			UID:     object.GetUID(),
			Version: object.GetResourceVersion(),
			Object:  object,
		},
	})
	s.wakeAll()
	return object
}

// setKind completes the objects that have their kind in their content, as those
// of the dynamic client: without it they cannot be encoded. A typed object has
// it in its type, and a typed client hands it out without one.
func (s *Source[T]) setKind(object T) {
	if _, unstructured := any(object).(runtime.Unstructured); !unstructured {
		return
	}
	if kind := object.GetObjectKind(); kind.GroupVersionKind().Empty() {
		kind.SetGroupVersionKind(s.groupVersionKind())
	}
}

// wakeAll ends the wait of every watch. The caller holds mu.
func (s *Source[T]) wakeAll() {
	if s.wake != nil {
		close(s.wake)
		s.wake = nil
	}
}

func (s *Source[T]) invalid(key store.Key, err error) error {
	status := apierrors.NewInvalid(s.groupVersionKind().GroupKind(), key.Name, nil)
	status.ErrStatus.Message += ": " + err.Error() + "; set metadata.name or metadata.generateName"
	return status
}

func errNil(method string) error {
	return errors.New("fake: Source." + method + " was given nil; give it an object with a name")
}

func keyOf[T metav1.Object](object T) store.Key {
	return store.Key{Namespace: object.GetNamespace(), Name: object.GetName()}
}

// copyOf makes a deep copy. DeepCopyObject returns an interface, so the type
// has to be asserted; the constraint [Object] demands that it is the same.
func copyOf[T Object](object T) T { return object.DeepCopyObject().(T) }

// isNil is for objects that a caller gives.
func isNil[T Object](object T) bool {
	v := reflect.ValueOf(object)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
