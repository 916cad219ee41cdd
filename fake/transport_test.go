// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

// roundTrip sends a request to a handler in process.
func roundTrip(ctx context.Context, handler http.HandlerFunc, target string, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, "GET", "http://fake"+target, body)
	if err != nil {
		return nil, err
	}
	return fake.Transport(handler).RoundTrip(request)
}

type closeable struct {
	io.Reader
	closed bool
}

func (c *closeable) Close() error {
	c.closed = true
	return nil
}

func TestTransportAnswers(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("Content-Type", "too/late")
		w.WriteHeader(http.StatusOK) // too late as well
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, r.Host+" "+r.RequestURI+" "+string(body))
	}
	for _, path := range []string{"/a?b=c", "/a?watch=1"} {
		sent := &closeable{Reader: strings.NewReader("hello")}
		response, err := roundTrip(t.Context(), echo, path, sent)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{response.Status, response.Proto, response.Header.Get("Content-Type"), string(body)}
		want := []string{"418 I'm a teapot", "HTTP/1.1", "text/plain", "fake " + path + " hello"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		if response.ContentLength != int64(len(body)) || response.Request == nil || !sent.closed {
			t.Errorf("%s: length %d, request %v, body closed %t", path, response.ContentLength, response.Request, sent.closed)
		}
	}
}

// A handler that breaks off looks like a connection that was closed.
func TestTransportAborted(t *testing.T) {
	before := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	amid := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		panic(http.ErrAbortHandler)
	}
	for _, path := range []string{"/list", "/list?watch=1"} {
		if _, err := roundTrip(t.Context(), before, path, nil); !errors.Is(err, io.EOF) {
			t.Errorf("%s, before the head: %v, want EOF", path, err)
		}
		response, err := roundTrip(t.Context(), amid, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if string(body) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s, amid the body: %q, %v; want half and an unexpected EOF", path, body, err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What a handler has not flushed when it ends goes out with the end.
func TestTransportFlushesAtTheEnd(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, ", last")
	}
	for _, path := range []string{"/list", "/list?watch=1"} {
		response, err := roundTrip(t.Context(), handler, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(response.Body); string(body) != "first, last" || err != nil {
			t.Errorf("%s: %q, error %v", path, body, err)
		}
	}
}

// counter streams a line a second until it is told to end.
func counter(ended *bool, lines int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() { *ended = true }()
		control := http.NewResponseController(w)
		if control.Flush() != nil {
			return
		}
		for range lines {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(time.Second):
			}
			if _, err := io.WriteString(w, "tick\n"); err != nil || control.Flush() != nil {
				return
			}
		}
	}
}

func TestTransportStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended bool
		start := time.Now()
		response, err := roundTrip(t.Context(), counter(&ended, 3), "/?watch=true", nil)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != 200 || response.ContentLength != -1 || time.Since(start) != 0 {
			t.Errorf("%d, length %d after %v; want the head at once", response.StatusCode, response.ContentLength, time.Since(start))
		}
		var at []time.Duration
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			at = append(at, time.Since(start))
		}
		if diff := cmp.Diff([]time.Duration{time.Second, 2 * time.Second, 3 * time.Second}, at); diff != "" || lines.Err() != nil {
			t.Errorf("error %v, lines (-want +got):\n%s", lines.Err(), diff)
		}
		synctest.Wait()
		if !ended {
			t.Error("the handler has not ended")
		}
		if n, err := response.Body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("read after the end: %d, %v", n, err)
		}
	})
}

// Close ends the handler before it returns, be it waiting or handing over.
func TestTransportClose(t *testing.T) {
	for _, wait := range []time.Duration{500 * time.Millisecond, time.Second, 90 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			var ended bool
			response, err := roundTrip(context.WithoutCancel(t.Context()), counter(&ended, 1e6), "/?watch=true", nil)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(wait) // nobody reads
			synctest.Wait()
			if ended {
				t.Error("ended before Close")
			}
			if err := response.Body.Close(); err != nil || !ended {
				t.Errorf("Close: %v, ended %t", err, ended)
			}
			if _, err := response.Body.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
				t.Errorf("read after Close: %v, want an error", err)
			}
			if err := response.Body.Close(); err != nil {
				t.Errorf("second Close: %v", err)
			}
		})
	}
}

// The end of the request's context ends a read with the context's error.
func TestTransportContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var ended bool
		response, err := roundTrip(ctx, counter(&ended, 1e6), "/?watch=true", nil)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(1500*time.Millisecond, cancel)
		body, err := io.ReadAll(response.Body)
		synctest.Wait()
		if string(body) != "tick\n" || !errors.Is(err, context.Canceled) || !ended {
			t.Errorf("read %q, %v, ended %t; want one tick, canceled", body, err, ended)
		}
		silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		for _, path := range []string{"/", "/?watch=true"} {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			if _, err := roundTrip(ctx, silent, path, nil); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
				t.Errorf("%s without an answer: %v after %v; want the deadline, after a minute", path, err, time.Since(start))
			}
			cancel()
			if _, err := roundTrip(ctx, silent, path, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s after the deadline: %v", path, err)
			}
		}
	})
}

// client-go asks again by itself where a server says when: ten times, a second
// apart.
func TestRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote := listwatch.FromClient[*Widget](typedClient(t, stocked(t).RESTConfig(), "shop"))
		start := time.Now()
		_, _, err := list(t.Context(), remote, listOptions{Version: "99", VersionMatch: notBefore})
		if !apierrors.IsTimeout(err) || time.Since(start) != 10*time.Second {
			t.Errorf("list of the future: %v after %v; want a timeout after 10s", err, time.Since(start))
		}
	})
}
