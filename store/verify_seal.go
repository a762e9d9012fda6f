package store

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"path/filepath"

	"zhuanhua"
)

// parseSeals reads the lines and checks what needs no database: form, order, chain, signatures.
func (v *verifier) parseSeals() {
	var key ed25519.PublicKey
	prev := ""
	var before sealLine
	for i, b := range v.lines {
		where := fmt.Sprintf("%s line %d", sealsFile, i+1)
		var l sealLine
		if err := json.Unmarshal(b, &l); err != nil {
			v.find("seal", where, "is no seal: %v", err)
			prev = hashBytes(b)
			continue
		}
		if i == 0 {
			if raw, err := base64.StdEncoding.DecodeString(l.Key); err == nil && len(raw) == ed25519.PublicKeySize {
				key = raw
			}
			v.checkFirst(where, l)
		}
		sig, _ := base64.StdEncoding.DecodeString(l.Sig)
		if key == nil || !ed25519.Verify(key, l.signed(), sig) || !bytes.Equal(b, []byte(zhuanhua.CanonicalJSON(l))) {
			v.find("seal", where, "the signature does not fit: the line was changed or signed with another key")
		}
		v.checkOrder(where, l, before, prev, int64(i+1))
		if l.Seq > 0 {
			v.marks[l.Seq] = l.Hash
		}
		v.seals = append(v.seals, l)
		before, prev = l, hashBytes(b)
	}
	v.out.Seals = len(v.lines)
	v.checkSigner(key)
}

func (v *verifier) checkFirst(where string, l sealLine) {
	if l.Seq != 0 || l.Why != sealBegin {
		v.find("seal", where, "begins at event %d: the seals before it are gone", l.Seq)
	}
}

func (v *verifier) checkOrder(where string, l, before sealLine, prev string, n int64) {
	switch {
	case l.N != n || l.Prev != prev:
		v.find("seal", where, "does not follow the line before it: seals were removed, added or changed")
	case l.Seq < before.Seq || l.At.Before(before.At) && l.Seq != before.Seq:
		v.find("seal", where, "goes back behind the line before it")
	case l.Count != l.Seq:
		v.find("seal", where, "counts %d events up to event %d", l.Count, l.Seq)
	case before.closed() && l.Why == sealOpen && l.Seq != before.Seq:
		v.find("seal", where, "events %d to %d were added while the records were closed", before.Seq+1, l.Seq)
	}
}

// checkSigner compares the key that would sign the next seal with the one of the first.
func (v *verifier) checkSigner(key ed25519.PublicKey) {
	signer := v.s.keys.seal
	where := filepath.Join(keysDir, sealKeyFile)
	switch {
	case signer == nil:
		v.find("key", where, "is missing: nothing can be sealed")
	case key != nil && !key.Equal(signer.Public()):
		v.find("key", where, "is not the key that the first seal names")
	}
}

// checkSeals compares the seals with the log and with what the database knows of them.
func (v *verifier) checkSeals(ctx context.Context) error {
	for i, l := range v.seals {
		where := fmt.Sprintf("%s line %d", sealsFile, i+1)
		hash, ok := v.seen[l.Seq]
		switch {
		case l.Seq == 0:
		case l.Seq > v.last:
			v.find("seal", where, "sealed event %d, but the log ends at event %d: its tail was cut off", l.Seq, v.last)
		case !ok:
			v.find("seal", where, "sealed event %d, which is missing", l.Seq)
		case hash != l.Hash:
			v.find("seal", where, "sealed event %d with the hash %.12s…, the log has %.12s…: the log was rewritten", l.Seq, l.Hash, hash)
		}
	}
	if n := len(v.seals); n > 0 && v.seals[n-1].closed() && v.last > v.seals[n-1].Seq && len(v.lines) == n {
		if err := v.checkClosed(ctx, v.seals[n-1]); err != nil {
			return err
		}
	}
	return v.checkNoted(ctx)
}

// checkClosed finds events behind the closing seal, unless a writer came while we looked.
func (v *verifier) checkClosed(_ context.Context, last sealLine) error {
	lines, _, err := readSeals(v.s.o.Dir)
	if err != nil {
		return err
	}
	if len(lines) == len(v.lines) {
		v.find("seal", fmt.Sprintf("events %d to %d", last.Seq+1, v.last), "were added after the closing seal, not by this program")
	}
	return nil
}

// checkNoted compares the lines with what the database noted of them.
func (v *verifier) checkNoted(ctx context.Context) error {
	noted := int64(0)
	t := table{name: "seals", key: 1}
	for row, err := range readTable(ctx, v.t, t, columnsOf(t.name)) {
		if err != nil {
			return err
		}
		noted++
		n, sum := row[0].(int64), row[1].(string)
		where := fmt.Sprintf("%s line %d", sealsFile, n)
		switch {
		case n != noted:
			v.find("seal", where, "the database notes seal %d after seal %d", n, noted-1)
			noted = n
		case n > int64(len(v.lines)):
			// A writer beside us may have added it after the file was read.
			if lines, _, err := readSeals(v.s.o.Dir); err != nil || n > int64(len(lines)) {
				v.find("seal", where, "is missing: the file is an older one or its end was cut off")
			}
		case hashBytes(v.lines[n-1]) != sum:
			v.find("seal", where, "is not the line that the database noted")
		}
	}
	if extra := int64(len(v.lines)) - noted; extra > 1 {
		v.find("seal", fmt.Sprintf("%s lines %d to %d", sealsFile, noted+1, len(v.lines)), "the database does not know them")
	}
	return nil
}

// sum is a running SHA-256 that writes itself in hexadecimal.
type sum struct{ hash.Hash }

func newSum() sum { return sum{sha256.New()} }

// String is the hash so far.
func (s sum) String() string { return hex.EncodeToString(s.Sum(nil)) }
