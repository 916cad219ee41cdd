// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"image"
	"net/url"
	"strings"
	"testing"
)

// TestDebugPage shows the debug page of a group on a bad day in a browser.
func TestDebugPage(t *testing.T) {
	day := newBadDay(t)
	t.Run("overview", day.testOverview)
	t.Run("hostile", day.testHostile)
	t.Run("secret", day.testSecret)
	t.Run("screenshots", day.testScreenshots)
}

// of returns the address of what is known of a key, which may be empty, in the
// informer of that name.
func (d *badDay) of(informer, key string) string {
	return d.url + "?" + url.Values{"informer": {informer}, "key": {key}}.Encode()
}

const hostileInformer = "configmaps.<b>bold</b>: *v1.ConfigMap"

func wantSaid(t *testing.T, page string, want ...string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q:\n%s", text, page)
		}
	}
}

// wantHarmless fails the test if what is hostile was taken for more than text.
func wantHarmless(t *testing.T, page string) {
	t.Helper()
	for _, harm := range []string{"<script", "<img", "<b>", "it ran"} {
		if strings.Contains(strings.ReplaceAll(page, "document.title='it ran'", ""), harm) {
			t.Errorf("there is a %q in the page:\n%s", harm, page)
		}
	}
}

func (d *badDay) testOverview(t *testing.T) {
	page := dom(t, d.url)
	wantHarmless(t, page)
	wantSaid(t, page, "<title>Informers</title>", "bad 1<", "warning 2<", "ok 3<",
		"failing: forbidden", "handler autoscaler has not synced", "1 object in quarantine", "configmaps.&lt;b&gt;bold&lt;/b&gt;")
	place := 0
	for _, informer := range []string{">nodes<", ">configmaps in shop<", ">pods<", ">secrets<", ">services<", ">configmaps.&lt;b&gt;"} {
		at := strings.Index(page[place:], informer)
		if at < 0 {
			t.Fatalf("%s is not there, or not in its place:\n%s", informer, page)
		}
		place += at
	}
}

func (d *badDay) testHostile(t *testing.T) {
	page := dom(t, d.of(hostileInformer, "yard/"+hostileName))
	wantHarmless(t, page)
	wantSaid(t, page, "&lt;img src=x onerror=alert(1)&gt;", "&lt;script&gt;document.title='it ran'&lt;/script&gt;", "is in the cache")
}

func (d *badDay) testSecret(t *testing.T) {
	page := dom(t, d.of("secrets: *v1.Secret", "shop/token"))
	wantSaid(t, page, "is in the cache", "token")
	broken := dom(t, d.of("configmaps in shop: *v1.ConfigMap", "shop/settings-broken"))
	wantSaid(t, broken, "in quarantine: index")
	for _, secret := range []string{"secret-token", secretToken} {
		if strings.Contains(page+broken, secret) {
			t.Errorf("a page tells the secret %q", secret)
		}
	}
}

// Looks are for people; what a test can see is that there is something, and that it
// is as large as the window.
func (d *badDay) testScreenshots(t *testing.T) {
	for _, test := range []struct {
		name, page    string
		width, height int
	}{
		{"overview", d.url, 1280, 900},
		{"overview-narrow", d.url, 500, 1600},
		{"pods", d.of("pods: *v1.Pod", "shop/web-1"), 1280, 900},
		{"configmaps", d.of("configmaps in shop: *v1.ConfigMap", ""), 1280, 900},
		{"nodes", d.of("nodes: *v1.Node", ""), 1280, 900},
	} {
		t.Run(test.name, func(t *testing.T) {
			shown := screenshot(t, test.page, test.name, test.width, test.height)
			if size := shown.Bounds().Size(); size != (image.Point{X: test.width, Y: test.height}) {
				t.Errorf("it is %v large, want %d × %d", size, test.width, test.height)
			}
			if different, most := colours(shown); different < 20 || most > .99 {
				t.Errorf("there are %d colours, and one is %.1f %% of it: is it blank?", different, 100*most)
			}
		})
	}
}
