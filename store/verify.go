package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// Finding is one thing that Verify found wrong.
type Finding struct {
	Kind  string `json:"kind"`  // "chain", "sequence", "seal", "replay", "attachment", "key"
	Where string `json:"where"` // "event 17", "achievements A-1, column title", "seals.log line 3"
	What  string `json:"what"`
}

// Verified says what Verify looked at.
type Verified struct {
	Events      int64
	Rows        int64
	Seals       int
	Attachments int
	Findings    []Finding // empty: everything holds
}

// maxFindings bounds a report: a log that was cut in the middle has something wrong everywhere.
const maxFindings = 1000

// verifier looks at one moment of the records.
type verifier struct {
	s     *Store
	t     bun.IDB
	out   Verified
	lines [][]byte         // of seals.log
	seals []sealLine       // those that could be read
	marks map[int64]string // seq → hash that a seal names
	seen  map[int64]string // seq → hash in the log, where a mark is
	last  int64            // seq of the newest event
	flow  *replay
}

// Verify checks the log against its hashes, the seals against the log, the rows against a replay of
// the log, the attachments against their hashes and the keys of persons against what they must open.
// An error means that it could not look; what it found wrong is in the result.
//
// The seals are read before the database, so that a writer beside it makes no false findings.
func (s *Store) Verify(ctx context.Context) (Verified, error) {
	v := &verifier{s: s, marks: map[int64]string{}, seen: map[int64]string{}}
	var err error
	if v.lines, _, err = readSeals(s.o.Dir); err != nil {
		return v.out, err
	}
	v.parseSeals()
	t, err := s.db.snapshot(ctx)
	if err != nil {
		return v.out, dbError("the records cannot be read", err)
	}
	defer t.Rollback()
	v.t = t
	if v.flow, err = newReplay(ctx); err != nil {
		return v.out, err
	}
	defer v.flow.close()
	for _, step := range []func(context.Context) error{v.log, v.checkSeals, v.compare, v.attachments, v.persons} {
		if err := step(ctx); err != nil {
			return v.out, dbError("the records could not be verified", err)
		}
	}
	return v.out, nil
}

func (v *verifier) find(kind, where, format string, args ...any) {
	switch n := len(v.out.Findings); {
	case n < maxFindings:
		v.out.Findings = append(v.out.Findings, Finding{kind, where, fmt.Sprintf(format, args...)})
	case n == maxFindings:
		v.out.Findings = append(v.out.Findings, Finding{"more", "", "there are more findings; these are the first"})
	}
}

// log recomputes the chain from the stored bytes and replays it.
func (v *verifier) log(ctx context.Context) error {
	seq, hash := int64(0), noHash
	for e, err := range storedEvents(ctx, v.t, EventFilter{After: -1 << 62}) {
		if err != nil {
			return err
		}
		v.out.Events++
		where := fmt.Sprintf("event %d", e.Seq)
		switch {
		case e.Seq == seq+2:
			v.find("sequence", fmt.Sprintf("event %d", seq+1), "is missing: the log goes from event %d to event %d", seq, e.Seq)
		case e.Seq != seq+1:
			v.find("sequence", fmt.Sprintf("events %d to %d", seq+1, e.Seq-1), "are missing: the log goes from event %d to event %d", seq, e.Seq)
		case e.PrevHash != hash:
			v.find("chain", where, "does not follow event %d: it names another hash for it", seq)
		}
		if sum := e.sum(); sum != e.Hash {
			v.find("chain", where, "was changed: %s of %s has the hash %.12s…, but %.12s… is stored", e.Kind, e.Subject, sum, e.Hash)
		}
		if _, ok := v.marks[e.Seq]; ok {
			v.seen[e.Seq] = e.Hash
		}
		if err := v.flow.add(ctx, e); err != nil {
			if ctx.Err() != nil {
				return err
			}
			v.find("replay", where, "cannot be replayed: %v", err)
		}
		seq, hash = e.Seq, e.Hash
	}
	v.last = seq
	return v.flow.flush(ctx)
}

// attachments checks the files against their rows, and for files that nothing speaks of.
func (v *verifier) attachments(ctx context.Context) error {
	known := map[string]bool{}
	t := table{name: "attachments", key: 1}
	for row, err := range readTable(ctx, v.t, t, columnsOf(t.name)) {
		if err != nil {
			return err
		}
		a := Attachment{SHA256: row[0].(string), Name: row[1].(string), Size: row[3].(int64)}
		v.out.Attachments++
		where := "attachment " + a.SHA256 + " (" + a.Name + ")"
		if len(a.SHA256) != 64 {
			v.find("attachment", where, "is named by no SHA-256")
			continue
		}
		known[a.place()] = true
		f, err := openKept(v.s.o.Dir, a)
		if err != nil {
			v.find("attachment", where, "its file cannot be opened: %v", errors.Unwrap(err))
			continue
		}
		sum, size, err := hashAll(f)
		f.Close()
		switch {
		case err != nil:
			v.find("attachment", where, "its file cannot be read: %v", err)
		case sum != a.SHA256:
			v.find("attachment", where, "its file was exchanged: the content has the SHA-256 %.12s…", sum)
		case size != a.Size:
			v.find("attachment", where, "has %d bytes, %d are noted", size, a.Size)
		}
	}
	if err := v.namedFiles(ctx, known); err != nil {
		return err
	}
	return v.strayFiles(known)
}

// namedFiles looks for attachments that records name and that are not kept.
func (v *verifier) namedFiles(ctx context.Context, known map[string]bool) error {
	doc := []column{{"id", text}, {"doc", text}}
	for _, n := range nouns() {
		if n.files == nil {
			continue
		}
		for row, err := range readTable(ctx, v.t, table{name: n.table, key: 1}, doc) {
			if err != nil {
				return err
			}
			for _, sum := range n.files([]byte(row[1].(string))) {
				if len(sum) != 64 || !known[Attachment{SHA256: sum}.place()] {
					v.find("attachment", subjectOf(n.kind, row[0].(string)), "names the file %.12s…, which is not kept", sum)
				}
			}
		}
	}
	return nil
}

func hashAll(r io.Reader) (string, int64, error) {
	h := newSum()
	n, err := io.Copy(h, r)
	return h.String(), n, err
}

func (v *verifier) strayFiles(known map[string]bool) error {
	root := filepath.Join(v.s.o.Dir, attachmentsDir)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == waitingDir {
			return fs.SkipDir
		}
		rel, _ := filepath.Rel(root, path)
		if !d.IsDir() && !known[rel] && !v.fresh(rel) {
			v.find("attachment", filepath.Join(attachmentsDir, rel), "no event speaks of this file")
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// fresh says that an attachment came after the moment that is looked at.
func (v *verifier) fresh(rel string) bool {
	_, err := v.s.Attachment(context.Background(), strings.ReplaceAll(rel, string(os.PathSeparator), ""))
	return err == nil
}

// persons opens the current image of every person who was not forgotten, and checks its hash.
func (v *verifier) persons(ctx context.Context) error {
	if v.s.keys.master == nil {
		var n int
		err := v.t.QueryRowContext(ctx, "SELECT count(*) FROM person_keys").Scan(&n)
		if n > 0 {
			v.find("key", filepath.Join(keysDir, masterKeyFile), "is missing: %d persons cannot be read", n)
		}
		return err
	}
	rows, err := v.t.QueryContext(ctx, `SELECT k.person_id, k.wrapped, k.destroyed, coalesce(p.doc, ''), coalesce(p.provenance, ''), coalesce(p.hash, '')
		FROM person_keys AS k LEFT JOIN persons AS p ON p.id = k.person_id ORDER BY k.person_id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, doc, provenance, hash string
		var k wrappedKey
		if err := rows.Scan(&id, &k.wrapped, &k.destroyed, &doc, &provenance, &hash); err != nil {
			return err
		}
		if what := v.s.keys.check(id, k, doc, provenance, hash); what != "" {
			v.find("key", subjectOf(zhuanhua.NounPerson, id), "%s", what)
		}
	}
	return rows.Err()
}

// check says what is wrong with a person's key, or "".
func (r *keyring) check(id string, k wrappedKey, doc, provenance, hash string) string {
	if k.destroyed != 0 {
		if k.wrapped != "" {
			return "was forgotten, but a key is there"
		}
		return ""
	}
	key, err := r.unwrap(id, k.wrapped)
	if err != nil {
		return "the key was exchanged: it does not fit the master key"
	}
	if doc == "" {
		return ""
	}
	image, err := key.open(doc, "image/")
	if err != nil {
		return "the key was exchanged: it does not open the fields"
	}
	if key.hash(string(image)) != hash {
		return "the hash is not the one of the fields"
	}
	if provenance != "" {
		if b, err := key.open(provenance, "source/"); err != nil || !json.Valid(b) {
			return "the key does not open the provenance"
		}
	}
	return ""
}
