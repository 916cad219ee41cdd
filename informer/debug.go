// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"net/http"
	"slices"
)

// DebugOptions are the options of a [DebugHandler]. The zero value works, and shows
// nothing that might be secret.
type DebugOptions struct {
	// Informers are shown beside those of the group: those that were made without
	// one, and views.
	Informers []AnyInformer
	// ShowValues shows what code has made of objects: the values of indexes, and the
	// texts of errors about objects and of panics. An index by a token, or a decoder
	// that quotes what it cannot read, would tell a secret by that. Without it a
	// value is a number of objects, and such an error is its type; the values of
	// indexes that go by key ([index.AddByKey], such as the namespace) and errors of
	// the source are shown.
	ShowValues bool
	// ShowObjects shows an object that was searched for as JSON, all of it: of a
	// Secret its data, of others what they hold in annotations, such as
	// last-applied-configuration. Whoever may open the page may read all that the
	// program may. It includes ShowValues.
	ShowObjects bool
}

func (o *DebugOptions) values() bool { return o.ShowValues || o.ShowObjects }

// DebugHandler returns a handler that shows how the informers of a group are, in the
// manner of [net/http/pprof], but registers nothing: a program mounts it where it
// likes, at any path, best beside its profiles and not where its users are.
//
//	mux.Handle("/debug/informers/", informer.DebugHandler(group, informer.DebugOptions{}))
//
// The first page is a table of all informers, those that are not well first: what
// they are of, how many handles hold them, how they get on with their source, how
// much they hold and how far their handlers are. The page of one tells more, and
// searches for an object by its key: whether it is cached, where it is indexed,
// whether it is in quarantine, and what the history has of it, if one is kept (see
// [Options].HistoryLimit). The group may be nil.
//
// The handler reads and changes nothing, answers GET and HEAD alone, and does not
// look at the path. It waits for at most one batch to be applied, and looks at a
// few objects of a cache however large that is. Of a Secret, as of any object, it
// shows the key, the UID, the version and the labels, and never more unless the
// [DebugOptions] say so. It asks nobody for a password: who may open the page is a
// matter of the program.
//
// # JSON
//
// With ?format=json, or the header Accept: application/json, the same comes as JSON.
// Times are as in RFC 3339, durations and ages in seconds; what is empty or unknown
// may be left out. Fields may be added.
//
//	time, informers: of the first page; each with
//	  informer        what to ask for as ?informer=
//	  resource, type  "pods in shop", "*v1.Pod"
//	  level           "ok", "warning" or "bad"; problems has level and text of each
//	  handles         that hold it; left out for one that is of no group
//	  objects, version, queued, quarantined, events
//	  source          phase, phaseSince, synced, received, lastContact, staleness,
//	                  failures, lastError, lastErrorTime, retryAt, lists, watches,
//	                  errors, relists, relistCauses (a number for each cause)
//	  handlerCount, worstLag, worstHandler
//	  memory          bytes, of them objectBytes and indexBytes, as estimated from
//	                  so many sampled objects
//	?informer= has these fields, and
//	  parts           each with name, objects, version, source
//	  handlers        name, synced, delivered, backlog, limit, coalesced, lag, panics
//	  indexes         name, values (how many), valuesHidden, largest (value, count)
//	  quarantine      the first 100: key, version, stage, error, since, states, stale
//	  recentErrors    kind, about, how, text, count, first, last; alike are one
//	  historySteps    that are kept; left out if there is no history
//	?informer=&key=namespace/name has besides
//	  object          key, cached, uid, version, labels, indexes (index, count,
//	                  values), quarantined, changes (version, type, listed, final;
//	                  the newest 100, newest first), changesIncomplete, and with
//	                  ShowObjects object, or objectError
//
// An informer that there is not is 404, a key that is none 400; the answer says
// why, in JSON as error.
func DebugHandler(group *Group, options DebugOptions) http.Handler {
	options.Informers = slices.Clone(options.Informers)
	return &debugHandler{group: group, options: options, page: newDebugPage()}
}
