package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"zhuanhua"
)

var quick = Lock{Passphrase: "示例口令", Effort: 4}

// TestRestore: a backup of either database comes back in either, byte for byte.
func TestRestore(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		if _, err := s.Attach(t.Context(), "test", "示例.txt", strings.NewReader("示例附件")); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(t.Context(), "test", "P-2", ""); err != nil {
			t.Fatal(err)
		}
		if err := s.PutVectors(t.Context(), "m", map[string][]byte{"h": {0, 1, 255}}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "示例.backup")
		if err := s.Backup(t.Context(), file, quick); err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), file, quick); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
			t.Errorf("overwritten: %v", err)
		}
		want := dumpOf(t, s)
		onBoth(t, func(t *testing.T, to Options) {
			if err := Restore(t.Context(), file, Key{Passphrase: quick.Passphrase}, to); err != nil {
				t.Fatal(err)
			}
			r := open(t, to)
			if dumpOf(t, r) != want {
				t.Error("the dump differs")
			}
			mustVerify(t, r)
			p, err := r.Get(t.Context(), zhuanhua.NounPerson, "P-1")
			if x, _ := As[zhuanhua.Person](p); err != nil || x.Name != "示例完成人甲" {
				t.Errorf("%+v %v", p, err)
			}
			if v, err := r.Vectors(t.Context(), "m", []string{"h"}); err != nil || !bytes.Equal(v["h"], []byte{0, 1, 255}) {
				t.Errorf("%v %v", v, err)
			}
			put(t, r, "b2", zhuanhua.Need{ID: "N-2", Title: "示例后来"})
			mustVerify(t, r)
			if err := Restore(t.Context(), file, Key{Passphrase: quick.Passphrase}, to); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
				t.Errorf("overwritten: %v", err)
			}
			if to.URL != "" {
				to.Dir += "2"
				if err := Restore(t.Context(), file, Key{Passphrase: quick.Passphrase}, to); zhuanhua.KindOf(err) == "" {
					t.Error("a used database was overwritten")
				}
			}
		})
	})
}

// TestDamagedBackup: one clear sentence, and nothing half written.
func TestDamagedBackup(t *testing.T) {
	s := open(t, Options{Dir: filepath.Join(t.TempDir(), "data")})
	put(t, s, "b1", sample()...)
	dir := t.TempDir()
	file := filepath.Join(dir, "whole")
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), file, Lock{Recipients: []string{id.Recipient().String()}}); err != nil {
		t.Fatal(err)
	}
	whole, _ := os.ReadFile(file)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	stranger, _ := age.GenerateX25519Identity()
	mine := Key{Identities: []string{id.String()}}
	for name, c := range map[string]struct {
		content []byte
		key     Key
		what    string
	}{
		"half":           {whole[:len(whole)/2], mine, "damaged or cut off"},
		"last byte gone": {whole[:len(whole)-1], mine, "damaged or cut off"},
		"header cut":     {whole[:40], mine, "no backup, or its beginning is damaged"},
		"one bit":        {flipped, mine, "damaged or cut off"},
		"empty":          {nil, mine, "no backup, or its beginning is damaged"},
		"a spreadsheet":  {[]byte("id,title\n"), mine, "no backup, or its beginning is damaged"},
		"another key":    {whole, Key{Identities: []string{stranger.String()}}, "does not open the backup"},
		"a passphrase":   {whole, Key{Passphrase: "x"}, "does not open the backup"},
		"no key":         {whole, Key{}, "passphrase or an identity"},
	} {
		path, to := filepath.Join(dir, name), filepath.Join(t.TempDir(), "data")
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		err := Restore(t.Context(), path, c.key, Options{Dir: to})
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid || !strings.Contains(err.Error(), c.what) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(to)); len(left) != 0 {
			t.Errorf("%s: left over: %v", name, left)
		}
	}
	if err := Restore(t.Context(), file, mine, Options{Dir: filepath.Join(t.TempDir(), "data")}); err != nil {
		t.Error(err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "b"), Lock{}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Errorf("unlocked: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}
