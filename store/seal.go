package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zhuanhua"
)

// sealsFile is only ever appended to, one seal a line.
const sealsFile = "seals.log"

// Why a seal was made.
const (
	sealBegin = "begin" // the first one, before the first event; it records the public key
	sealOpen  = "open"  // before the first write after an opening
	sealHour  = "hour"
	sealClose = "close"
)

// Seal is one line of seals.log: the head of the chain at a moment, signed.
type Seal struct {
	N     int64     `json:"n"` // 1, 2, 3, …
	At    time.Time `json:"at"`
	Seq   int64     `json:"seq"`   // of the newest event, 0 before the first
	Hash  string    `json:"hash"`  // of the newest event
	Count int64     `json:"count"` // how many events there are
	Why   string    `json:"why"`   // "begin", "open", "hour", "close"
}

// closed says that no event may follow before the next seal.
func (s Seal) closed() bool { return s.Why == sealBegin || s.Why == sealClose }

// sealLine is a seal as the file holds it.
type sealLine struct {
	Seal
	Key  string `json:"key,omitempty"` // public key, base64; on the first line
	Prev string `json:"prev"`          // SHA-256 of the line before
	Sig  string `json:"sig,omitempty"` // ed25519 over this line without its signature
}

// signed is what the signature is over.
func (l sealLine) signed() []byte {
	l.Sig = ""
	return []byte(zhuanhua.CanonicalJSON(l))
}

func hashBytes(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// sealer appends to seals.log. The writer's place guards it.
type sealer struct {
	s       *Store
	path    string
	size    int64
	last    sealLine
	prev    string // hash of the last line
	pending [][]any
	taken   bool // pending stands in the running transaction
}

// openSeals reads the seals and begins the file where there is none. What a crash left of a last line
// is cut off: it was acknowledged to nobody.
func openSeals(ctx context.Context, s *Store) (*sealer, error) {
	z := &sealer{s: s, path: filepath.Join(s.o.Dir, sealsFile)}
	s.seals = z
	lines, whole, err := readSeals(s.o.Dir)
	if err != nil {
		return nil, err
	}
	z.size = whole
	for i, b := range lines {
		if err := json.Unmarshal(b, &z.last); err != nil {
			return nil, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: fmt.Sprintf("%s line %d", sealsFile, i+1),
				What: "this is no seal", Do: "run zhuanhua verify, and restore the newest backup", Err: err}
		}
		z.prev = hashBytes(b)
	}
	var known int64
	if err := s.db.reader().QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM seals").Scan(&known); err != nil {
		return nil, dbError("the seals cannot be read", err)
	}
	if int64(len(lines)) == known+1 { // a crash came between the file and the database
		z.pending = [][]any{{z.last.N, z.prev}}
	}
	if len(lines) > 0 {
		return z, z.checkKey(lines[0])
	}
	seq, hash, _, err := headOf(ctx, s.db.reader())
	if err != nil {
		return nil, dbError("the log cannot be read", err)
	}
	if err := z.append(sealBegin, seq, hash); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return z, z.note(ctx)
}

// checkKey refuses to go on with another key than the one that the first seal names.
func (z *sealer) checkKey(first []byte) error {
	var l sealLine
	if err := json.Unmarshal(first, &l); err != nil || l.Key != z.publicKey() {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: filepath.Join(keysDir, sealKeyFile),
			What: "the signing key is not the one that the first seal names", Do: "put it back from a backup; zhuanhua verify says more", Err: err}
	}
	return nil
}

func (z *sealer) publicKey() string {
	return base64.StdEncoding.EncodeToString(z.s.keys.seal.Public().(ed25519.PublicKey))
}

// readSeals returns the whole lines of the file and where they end; no file is no lines.
func readSeals(dir string) (lines [][]byte, whole int64, err error) {
	b, err := os.ReadFile(filepath.Join(dir, sealsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fileError(sealsFile, "the seals cannot be read", err)
	}
	for {
		line, rest, ok := bytes.Cut(b, []byte("\n"))
		if !ok {
			return lines, whole, nil
		}
		lines = append(lines, line)
		whole += int64(len(line)) + 1
		b = rest
	}
}

// append writes a seal durably to the file, whole or not at all, and leaves it to be noted in the
// database: in this order an older copy of the file is told from a crash.
func (z *sealer) append(why string, seq int64, hash string) error {
	at := z.s.Now(context.Background())
	if at.Before(z.last.At) { // a clock that was set back is no tampering
		at = z.last.At
	}
	l := sealLine{Seal: Seal{N: z.last.N + 1, At: at, Seq: seq, Hash: hash, Count: seq, Why: why}, Prev: z.prev}
	if l.N == 1 {
		l.Key = z.publicKey()
	}
	l.Sig = base64.StdEncoding.EncodeToString(ed25519.Sign(z.s.keys.seal, l.signed()))
	line := []byte(zhuanhua.CanonicalJSON(l))
	f, err := os.OpenFile(z.path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fileError(z.path, "the seal cannot be written", err)
	}
	defer f.Close()
	if err = f.Truncate(z.size); err == nil {
		_, err = f.WriteAt(append(line, '\n'), z.size)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Truncate(z.size)
		return fileError(z.path, "the seal cannot be written", err)
	}
	if z.size == 0 {
		if err := syncDir(z.s.o.Dir); err != nil {
			return err
		}
	}
	z.size += int64(len(line)) + 1
	z.last, z.prev = l, hashBytes(line)
	z.pending = append(z.pending, []any{l.N, z.prev})
	return nil
}

// beforeWrite seals what a closed log holds before something is added to it.
func (z *sealer) beforeWrite(ctx context.Context, t *tx, seq int64, hash string) error {
	if z.last.closed() {
		if err := z.append(sealOpen, seq, hash); err != nil {
			return err
		}
	}
	if len(z.pending) == 0 {
		return nil
	}
	z.taken = true
	return insert(ctx, t, "seals", columnsOf("seals"), z.pending, " ON CONFLICT (n) DO NOTHING")
}

// uncommitted forgets what a transaction that was rolled back had taken.
func (z *sealer) uncommitted() { z.taken = false }

// committed says that the running transaction was.
func (z *sealer) committed() {
	if z.taken {
		z.pending, z.taken = nil, false
	}
}

// note writes the pending seals into the database.
func (z *sealer) note(ctx context.Context) error {
	return z.s.write(ctx, func(t *tx) error {
		z.taken = true
		return insert(ctx, t, "seals", columnsOf("seals"), z.pending, " ON CONFLICT (n) DO NOTHING")
	})
}

// seal makes a seal where there is something new to seal.
func (z *sealer) seal(ctx context.Context, why string) error {
	seq, hash, _, err := headOf(ctx, z.s.db.reader())
	if err != nil {
		return dbError("the log cannot be read", err)
	}
	if seq == z.last.Seq && (why != sealClose || z.last.closed()) {
		return nil
	}
	if err := z.append(why, seq, hash); err != nil {
		return err
	}
	return z.note(ctx)
}

// Seal writes a seal now if there are events since the last one. Close does it, and a writer that
// stays open does it every hour by itself.
func (s *Store) Seal(ctx context.Context) error {
	if err := s.writing(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	return s.seals.seal(ctx, sealHour)
}

// startSealing seals every hour until the store closes.
func (s *Store) startSealing() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.bg.Add(1)
	go func() {
		defer s.bg.Done()
		tick := time.NewTicker(time.Hour)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := s.Seal(ctx); err != nil && ctx.Err() == nil {
					s.o.Log.Error("the hourly seal failed", "error", err)
				}
			}
		}
	}()
}

// sealInfo reads what doctor shows of the seals.
func (s *Store) sealInfo(i *Info) error {
	lines, _, err := readSeals(s.o.Dir)
	if err != nil || len(lines) == 0 {
		return err
	}
	i.Seals = len(lines)
	var first, last sealLine
	if json.Unmarshal(lines[0], &first) != nil || json.Unmarshal(lines[len(lines)-1], &last) != nil {
		return &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: sealsFile, What: "the seals cannot be read", Do: "run zhuanhua verify"}
	}
	i.SealKey, i.LastSeal = first.Key, last.Seal
	return nil
}
