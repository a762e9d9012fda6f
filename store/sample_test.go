package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhuanhua"
)

// TestSample: what is written for a simulation follows from its name, persons included; what is written to the same
// records afterwards does not.
func TestSample(t *testing.T) {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	write := func(name string) (*Store, string) {
		t.Helper()
		s := open(t, Options{Dir: filepath.Join(t.TempDir(), "data"), Sample: name, Now: func() time.Time { return at }})
		put(t, s, "b1", sample()...)
		mustVerify(t, s)
		if s.Sample() != name {
			t.Errorf("a sample %q says that it is %q", name, s.Sample())
		}
		return s, dumpOf(t, s)
	}
	s, first := write("示例 1")
	_, again := write("示例 1")
	_, other := write("示例 2")
	_, real := write("")
	_, real2 := write("")
	if first != again {
		t.Error("the same sample is written differently")
	}
	if first == other || first == real || real == real2 {
		t.Error("other samples, or real records, are written alike")
	}
	if strings.Contains(first, "示例完成人") {
		t.Error("a person stands in the log of a sample in plain text")
	}

	shut(t, s)
	p := zhuanhua.Person{ID: "P-9", Name: "示例完成人丙"}
	key := func(o Options) string {
		t.Helper()
		o.Dir, o.Now = s.o.Dir, s.o.Now
		s := open(t, o)
		defer shut(t, s)
		put(t, s, "b2", p)
		k := s.keys.people()
		items, err := plainItems(change("b2", p).Items)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.load(t.Context(), s.db.reader(), items); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Get(t.Context(), zhuanhua.NounPerson, "P-1"); err != nil || !strings.Contains(r.Image, "示例完成人甲") {
			t.Errorf("a person of the sample cannot be read any more: %+v %v", r, err)
		}
		return string(k.keys["P-9"].bytes)
	}
	sampled, err := (&keyring{sample: "示例 1"}).newPerson("P-9")
	if err != nil {
		t.Fatal(err)
	}
	if got := key(Options{}); len(got) != 32 || got == string(sampled.bytes) {
		t.Error("a person recorded after the simulation has a key that follows from its name")
	}
}
