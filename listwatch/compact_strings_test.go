// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/typedinformer/typedinformer/listwatch"
)

// What comes once is not remembered; what comes again is, as a copy.
func TestStringsTakeWhatComesAgain(t *testing.T) {
	s := listwatch.NewStrings(0)
	first, second := fresh("node-7"), fresh("node-7")
	if got := s.Share(first); !same(got, first) {
		t.Error("a string that has come once is another already")
	}
	if held, _ := s.Held(); len(held) != 0 {
		t.Errorf("it holds %q after one", held)
	}
	got := s.Share(second)
	if same(got, first) || same(got, second) {
		t.Error("what is shared has the memory of what an object had")
	}
	if again := s.Share(fresh("node-7")); !same(got, again) {
		t.Error("the third is not the second")
	}
	long := strings.Repeat("x", 513)
	if s.Share(fresh(long)); same(s.Share(fresh(long)), s.Share(fresh(long))) {
		t.Error("a string of 513 bytes is shared")
	}
}

// However many strings come, and come again, no more than the limit are kept.
func TestStringsAreBounded(t *testing.T) {
	for limit, most := range map[int]int{0: 8_192, 100: 64, 4: 4, 1: 4, -1: 0} {
		s := listwatch.NewStrings(limit)
		for i := range 50_000 {
			text := fmt.Sprintf("text-%d", i)
			for range 3 {
				if got := s.Share(fresh(text)); got != text {
					t.Fatalf("limit %d: Share(%q) = %q", limit, text, got)
				}
			}
		}
		if held, room := s.Held(); len(held) > most || room > most {
			t.Errorf("limit %d: it holds %d and has room for %d, want at most %d", limit, len(held), room, most)
		}
	}
}

// A few that come again and again stay, in a stream of others that do not.
func TestStringsKeepTheFrequent(t *testing.T) {
	s := listwatch.NewStrings(1_024)
	frequent := func(i int) string { return fmt.Sprintf("label-%d", i) }
	kept, asked := 0, 0
	last := map[string]string{}
	for round := range 1_200 {
		for i := range 40 {
			text := s.Share(fresh(frequent(i)))
			if round > 300 {
				asked++
				if same(last[text], text) {
					kept++
				}
			}
			last[text] = text
		}
		for i := range 15 {
			s.Share(fmt.Sprintf("uid-%d-%d", round, i))
		}
	}
	if kept*100 < asked*98 {
		t.Errorf("of %d strings %d were the same as before, want 98 %%", asked, kept)
	}
}

// It grows with what is worth remembering, and forgets nothing by that.
func TestStringsGrow(t *testing.T) {
	s := listwatch.NewStrings(0)
	if _, room := s.Held(); room > 128 {
		t.Errorf("there is room for %d at the start", room)
	}
	for range 60 {
		for i := range 2_000 {
			s.Share(fmt.Sprintf("workload-%d", i))
		}
	}
	if held, _ := s.Held(); len(held) < 1_900 {
		t.Errorf("of 2,000 strings it remembers %d", len(held))
	}
}

func FuzzStrings(f *testing.F) {
	f.Add("a", "b", 3)
	f.Add("", "a\x00", 0)
	f.Fuzz(func(t *testing.T, a, b string, limit int) {
		s := listwatch.NewStrings(limit % 1_000)
		for _, text := range []string{a, b, a, b, b, a, a + b, b + a, a + b} {
			if got := s.Share(text); got != text {
				t.Fatalf("Share(%q) = %q", text, got)
			}
		}
	})
}
