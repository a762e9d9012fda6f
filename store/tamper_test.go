package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"zhuanhua"
	"zhuanhua/internal/pgtest"
)

// scene is a closed set of records that somebody tampers with.
type scene struct {
	t          *testing.T
	dir        string
	db         *bun.DB
	attachment string // the hash of one
}

func (s *scene) sql(query string, args ...any) {
	s.t.Helper()
	if _, err := s.db.Exec(query, args...); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
}

func (s *scene) path(name string) string { return filepath.Join(s.dir, name) }

func (s *scene) read(name string) []byte {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

func (s *scene) write(name string, b []byte) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), b, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// file is where an attachment lies, from the data directory.
func (s *scene) file() string {
	return filepath.Join(attachmentsDir, s.attachment[:2], s.attachment[2:])
}

func (s *scene) events() []storedEvent {
	var list []storedEvent
	for e, err := range storedEvents(context.Background(), s.db, EventFilter{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// rehash writes the log anew as an insider would: every sequence number and hash fits.
func (s *scene) rehash(events []storedEvent) {
	s.sql("DELETE FROM events")
	prev := noHash
	for i := range events {
		events[i].Seq, events[i].PrevHash = int64(i+1), prev
		events[i].Hash = events[i].sum()
		prev = events[i].Hash
	}
	if err := insertEvents(context.Background(), s.db, events); err != nil {
		s.t.Fatal(err)
	}
}

// reseal signs all seal lines anew with a key, as somebody with the key file would.
func (s *scene) reseal(key ed25519.PrivateKey, change func(*sealLine)) {
	var out bytes.Buffer
	prev := ""
	for i, b := range bytes.Split(bytes.TrimSuffix(s.read(sealsFile), []byte("\n")), []byte("\n")) {
		var l sealLine
		if err := json.Unmarshal(b, &l); err != nil {
			s.t.Fatal(err)
		}
		if i == 0 {
			l.Key = base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
		}
		change(&l)
		l.Prev = prev
		l.Sig = base64.StdEncoding.EncodeToString(ed25519.Sign(key, l.signed()))
		line := zhuanhua.CanonicalJSON(l)
		out.WriteString(line + "\n")
		prev = hashBytes([]byte(line))
	}
	s.write(sealsFile, out.Bytes())
}

// forged is an event that looks as if the store had written it.
func forged(e storedEvent) storedEvent {
	e.Payload = `{"version":1,"batch":"b9","hash":"00","image":{"id":"A-9","title":"示例伪造"}}`
	e.Kind, e.Subject, e.Seq, e.PrevHash = "achievement.put", "achievement/A-9", e.Seq+1, e.Hash
	e.Hash = e.sum()
	return e
}

type tampering struct {
	name string
	do   func(*scene)
	want []string // each must stand in the findings
}

// inDatabase is what can be done by SQL, on both databases.
func inDatabase() []tampering {
	sql := func(query string) func(*scene) { return func(s *scene) { s.sql(query) } }
	return []tampering{
		{"a blank added to a payload", sql("UPDATE events SET payload = payload || ' ' WHERE seq = 3"), []string{"chain: event 3 was changed"}},
		{"a payload changed", sql("UPDATE events SET payload = replace(payload, '示例需求', '示例要求') WHERE seq = 3"), []string{"chain: event 3 was changed", "replay: needs N-1"}},
		{"another actor", sql("UPDATE events SET actor = 'boss' WHERE seq = 2"), []string{"chain: event 2 was changed"}},
		{"another time", sql("UPDATE events SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 2"), []string{"chain: event 2 was changed"}},
		{"another kind", sql("UPDATE events SET kind = 'achievement.delete' WHERE seq = 1"), []string{"chain: event 1 was changed"}},
		{"another subject", sql("UPDATE events SET subject = 'achievement/A-3' WHERE seq = 1"), []string{"chain: event 1 was changed", "replay: achievements A-3"}},
		{"another hash", sql("UPDATE events SET hash = prev_hash WHERE seq = 4"), []string{"chain: event 4 was changed", "chain: event 5 does not follow"}},
		{"another hash before", sql("UPDATE events SET prev_hash = hash WHERE seq = 4"), []string{"chain: event 4 does not follow"}},
		{"two events swapped", func(s *scene) {
			s.sql("UPDATE events SET seq = -1 WHERE seq = 2")
			s.sql("UPDATE events SET seq = 2 WHERE seq = 3")
			s.sql("UPDATE events SET seq = 3 WHERE seq = -1")
		}, []string{"chain: event 2 does not follow", "chain: event 3 was changed"}},
		{"the middle removed", sql("DELETE FROM events WHERE seq = 5"), []string{"sequence: event 5 is missing"}},
		{"several removed", sql("DELETE FROM events WHERE seq IN (4, 5, 6)"), []string{"sequence: events 4 to 6 are missing"}},
		{"the middle removed and renumbered", func(s *scene) {
			s.sql("DELETE FROM events WHERE seq = 5")
			for n := 6; n <= 13; n++ {
				s.sql("UPDATE events SET seq = seq - 1 WHERE seq = ?", n)
			}
		}, []string{"chain: event 5 does not follow", "its tail was cut off"}},
		{"the first removed", sql("DELETE FROM events WHERE seq = 1"), []string{"sequence: event 1 is missing"}},
		{"the tail cut off", sql("DELETE FROM events WHERE seq > 11"), []string{"seal: seals.log line 5 sealed event 13, but the log ends at event 11: its tail was cut off"}},
		{"the tail cut off with its rows", func(s *scene) {
			s.sql("DELETE FROM events WHERE seq = 13")
			s.sql("DELETE FROM organisations WHERE id = 'O-3'")
			s.sql("DELETE FROM batches WHERE id = 'b4'")
		}, []string{"seal: seals.log line 5 sealed event 13, but the log ends at event 12"}},
		{"the whole log gone", sql("DELETE FROM events"), []string{"its tail was cut off", "this row follows from no event"}},
		{"a re-hashed tail", func(s *scene) {
			e := s.events()
			e[6].Payload = strings.ReplaceAll(e[6].Payload, "示例合同", "示例合约")
			s.rehash(e)
		}, []string{"seal: seals.log line 3 sealed event 11", "the log was rewritten", "replay: contracts C-1, column title"}},
		{"a re-hashed tail with its row", func(s *scene) {
			e := s.events()
			e[12].Payload = strings.ReplaceAll(e[12].Payload, "示例机构丙", "示例机构丁")
			s.rehash(e)
			s.sql("UPDATE organisations SET title = '示例机构丁', doc = replace(doc, '示例机构丙', '示例机构丁') WHERE id = 'O-3'")
		}, []string{"seal: seals.log line 5 sealed event 13", "the log was rewritten"}},
		{"an event put in, all re-hashed", func(s *scene) {
			e := s.events()
			s.rehash(append(e[:4:4], append([]storedEvent{forged(e[3])}, e[4:]...)...))
		}, []string{"the log was rewritten", "events 14 to 14 were added after the closing seal"}},
		{"an event added at the end", func(s *scene) {
			e := s.events()
			if err := insertEvents(context.Background(), s.db, []storedEvent{forged(e[len(e)-1])}); err != nil {
				s.t.Fatal(err)
			}
		}, []string{"seal: events 14 to 14 were added after the closing seal", "replay: achievements A-9 this row is missing"}},
		{"a field of a row", sql("UPDATE achievements SET title = '示例改' WHERE id = 'A-1'"), []string{"replay: achievements A-1, column title"}},
		{"the image of a row", sql("UPDATE contracts SET doc = replace(doc, '示例大学', '示例学院')"), []string{"replay: contracts C-1, column doc"}},
		{"an amount", sql("UPDATE contracts SET amount = amount * 10"), []string{"replay: contracts C-1, column amount"}},
		{"the version of a row", sql("UPDATE needs SET version = 9"), []string{"replay: needs N-1, column version"}},
		{"the provenance of a row", sql("UPDATE needs SET provenance = ''"), []string{"replay: needs N-1, column provenance"}},
		{"a row removed", sql("DELETE FROM organisations WHERE id = 'O-1'"), []string{"replay: organisations O-1 this row is missing"}},
		{"a row added", sql("INSERT INTO persons VALUES ('P-9', 1, 'b', 'h', 1, 0, '{}', '')"), []string{"replay: persons P-9 this row follows from no event"}},
		{"a deletion taken back", sql("UPDATE achievements SET deleted = 0 WHERE id = 'A-2'"), []string{"replay: achievements A-2, column deleted"}},
		{"a batch renamed", sql("UPDATE batches SET actor = 'boss' WHERE id = 'b1'"), []string{"replay: batches b1, column actor"}},
		{"a person's key exchanged", sql("UPDATE person_keys SET wrapped = 'AAAA' WHERE person_id = 'P-1'"), []string{"key: person/P-1 the key was exchanged"}},
		{"a forgotten person remembered", sql("UPDATE person_keys SET destroyed = 0 WHERE person_id = 'P-2'"), []string{"replay: person_keys P-2, column destroyed", "key: person/P-2"}},
		{"a person's fields exchanged", func(s *scene) {
			s.sql("UPDATE persons SET doc = (SELECT doc FROM persons WHERE id = 'P-2') WHERE id = 'P-1'")
		}, []string{"replay: persons P-1, column doc", "key: person/P-1"}},
		{"an attachment's row", sql("UPDATE attachments SET name = '示例别名.txt'"), []string{"replay: attachments "}},
		{"an attachment's size", sql("UPDATE attachments SET size = 1"), []string{"bytes, 1 are noted"}},
		{"the noted seals removed", sql("DELETE FROM seals WHERE n > 1"), []string{"seal: seals.log lines 2 to 5 the database does not know them"}},
		{"a noted seal changed", sql("UPDATE seals SET line_hash = 'x' WHERE n = 2"), []string{"seal: seals.log line 2 is not the line that the database noted"}},
	}
}

// inFiles is what can be done to the files of the data directory.
func inFiles() []tampering {
	lines := func(s *scene) [][]byte { return bytes.SplitAfter(s.read(sealsFile), []byte("\n")) }
	return []tampering{
		{"an older seals file", func(s *scene) { s.write(sealsFile, s.read("../seals.older")) }, []string{"seal: seals.log line 4 is missing: the file is an older one"}},
		{"no seals file", func(s *scene) { os.Remove(s.path(sealsFile)) }, []string{"seal: seals.log line 1 is missing"}},
		{"a seal's end cut off", func(s *scene) { b := s.read(sealsFile); s.write(sealsFile, b[:len(b)-9]) }, []string{"seal: seals.log line 5 is missing"}},
		{"a seal removed", func(s *scene) { l := lines(s); s.write(sealsFile, bytes.Join(append(l[:2:2], l[3:]...), nil)) }, []string{"seal: seals.log line 3 does not follow"}},
		{"two seals swapped", func(s *scene) { l := lines(s); l[2], l[3] = l[3], l[2]; s.write(sealsFile, bytes.Join(l, nil)) }, []string{"seal: seals.log line 3 does not follow"}},
		{"a seal changed", func(s *scene) {
			s.write(sealsFile, bytes.Replace(s.read(sealsFile), []byte(`"seq":11`), []byte(`"seq":10`), 1))
		}, []string{"seal: seals.log line 3 the signature does not fit"}},
		{"a blank in a seal", func(s *scene) {
			s.write(sealsFile, bytes.Replace(s.read(sealsFile), []byte(`"seq":11`), []byte(`"seq": 11`), 1))
		}, []string{"seal: seals.log line 3 the signature does not fit"}},
		{"all seals signed anew with another key", func(s *scene) {
			_, key, _ := ed25519.GenerateKey(nil)
			s.reseal(key, func(*sealLine) {})
		}, []string{"key: keys/seal.key is not the key that the first seal names", "seal: seals.log line 1 is not the line that the database noted"}},
		{"log and seals rewritten with the stolen key", func(s *scene) {
			e := s.events()
			e[12].Payload = strings.ReplaceAll(e[12].Payload, "示例机构丙", "示例机构丁")
			s.rehash(e)
			s.sql("UPDATE organisations SET title = '示例机构丁', doc = replace(doc, '示例机构丙', '示例机构丁') WHERE id = 'O-3'")
			seed, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(string(s.read(keysDir + "/" + sealKeyFile))))
			s.reseal(ed25519.NewKeyFromSeed(seed), func(l *sealLine) {
				if l.Seq > 0 {
					l.Hash = e[l.Seq-1].Hash
				}
			})
		}, []string{"seal: seals.log line 5 is not the line that the database noted"}},
		{"another signing key", func(s *scene) {
			s.write(keysDir+"/"+sealKeyFile, []byte(base64.StdEncoding.EncodeToString(make([]byte, 32))))
		}, []string{"key: keys/seal.key is not the key"}},
		{"another master key", func(s *scene) {
			s.write(keysDir+"/"+masterKeyFile, []byte(base64.StdEncoding.EncodeToString(make([]byte, 32))))
		}, []string{"key: person/P-1 the key was exchanged"}},
		{"no master key", func(s *scene) { os.Remove(s.path(keysDir + "/" + masterKeyFile)) }, []string{"key: keys/master.key is missing"}},
		{"an attachment exchanged", func(s *scene) { s.write(s.file(), []byte("示例别的附件")) }, []string{"its file was exchanged"}},
		{"an attachment removed", func(s *scene) { os.Remove(s.path(s.file())) }, []string{"its file cannot be opened"}},
		{"a file put in", func(s *scene) { s.write(filepath.Dir(s.file())+"/stray", []byte("x")) }, []string{"no event speaks of this file"}},
	}
}

// baseScene makes records with a history: 13 events, two sessions, five seals.
func baseScene(t *testing.T, o Options) string {
	s := open(t, o)
	put(t, s, "b1", sample()...)                                                 // 1 to 7
	a, err := s.Attach(t.Context(), "test", "示例.txt", strings.NewReader("示例附件")) // 8
	if err != nil {
		t.Fatal(err)
	}
	x := sample()[0].(zhuanhua.Achievement)
	x.Title = "示例成果甲 二版"
	put(t, s, "b2", x)                                                    // 9
	if err := s.Forget(t.Context(), "test", "P-2", "应本人要求"); err != nil { // 10
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), "test", zhuanhua.Change{Batch: "b3", Items: []zhuanhua.Item{zhuanhua.Delete(zhuanhua.NounAchievement, "A-2")}}); err != nil { // 11
		t.Fatal(err)
	}
	shut(t, s)
	b, _ := os.ReadFile(filepath.Join(o.Dir, sealsFile))
	os.WriteFile(filepath.Join(filepath.Dir(o.Dir), "seals.older"), b, 0o600)
	s = open(t, o)
	put(t, s, "b3", zhuanhua.Organisation{ID: "O-2", Name: "示例机构乙"}) // 12
	put(t, s, "b4", zhuanhua.Organisation{ID: "O-3", Name: "示例机构丙"}) // 13
	shut(t, s)
	return a.SHA256
}

// TestTampering changes a closed set of records by hand in each way, and looks what Verify says.
func TestTampering(t *testing.T) {
	cases := append(inDatabase(), inFiles()...)
	onBoth(t, func(t *testing.T, o Options) {
		attachment := baseScene(t, o)
		for _, c := range append([]tampering{{name: "nothing", do: func(*scene) {}}}, cases...) {
			t.Run(c.name, func(t *testing.T) {
				here := copyOf(t, o)
				db, err := openEngine(t.Context(), here)
				if err != nil {
					t.Fatal(err)
				}
				w := db.reader()
				if l, ok := db.(*sqliteDB); ok {
					w = l.w
				}
				c.do(&scene{t: t, dir: here.Dir, db: w, attachment: attachment})
				db.close()
				here.ReadOnly = true
				s := open(t, here)
				got := strings.Join(findings(t, s), "\n")
				for _, want := range c.want {
					if !strings.Contains(got, want) {
						t.Errorf("%q is not among:\n%s", want, got)
					}
				}
				if len(c.want) == 0 && got != "" {
					t.Errorf("untouched, but:\n%s", got)
				}
			})
		}
	})
	t.Logf("%d kinds of tampering", len(cases))
}

// copyOf is a copy of closed records.
func copyOf(t *testing.T, o Options) Options {
	t.Helper()
	root := t.TempDir()
	to := Options{Dir: filepath.Join(root, "data")}
	if err := os.CopyFS(root, os.DirFS(filepath.Dir(o.Dir))); err != nil {
		t.Fatal(err)
	}
	if o.URL == "" {
		return to
	}
	to.URL = pgtest.Copy(t, o.URL)
	return to
}
