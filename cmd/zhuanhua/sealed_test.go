package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"unicode/utf16"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhuanhua/store"
)

// cannotRead DIR CIPHERTEXTS WORD... is somebody with the disk and the database of a stopped server: every
// byte of the data directory and the dump of every table is searched for the words, as UTF-8, UTF-16,
// GB 18030, base64 and hexadecimal, and every secret key that lies anywhere there is tried on every
// ciphertext. There must be so many ciphertexts, or there was nothing to read. With ! the words must be found.
func cannotRead(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: cannotread DIR CIPHERTEXTS WORD...")
	}
	thief := thief{ts: ts, dir: ts.MkAbs(args[0])}
	thief.disk()
	thief.database(ts.Getenv("ZHUANHUA_DATABASE"))
	thief.decrypt()
	if got := len(thief.sealed); args[1] != "-" && args[1] != string(rune('0'+got)) {
		ts.Fatalf("%d ciphertexts lie there, want %s", got, args[1])
	}
	for _, word := range args[2:] {
		if where := thief.finds(word); (where != "") != neg {
			ts.Fatalf("%q is found in %q", word, where)
		}
	}
}

type thief struct {
	ts     *testscript.TestScript
	dir    string
	names  []string
	loot   [][]byte
	sealed [][]byte // ciphertexts
}

func (x *thief) take(name string, data []byte) {
	x.names, x.loot = append(x.names, name), append(x.loot, data)
	if bytes.HasPrefix(data, []byte("age-encryption.org/v1")) {
		x.sealed = append(x.sealed, data)
	}
}

func (x *thief) disk() {
	err := filepath.WalkDir(x.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		x.take(path, data)
		return err
	})
	x.ts.Check(err)
}

func (x *thief) database(url string) {
	s, err := store.Open(context.Background(), store.Options{Dir: x.dir, URL: url, ReadOnly: true})
	x.ts.Check(err)
	defer s.Close()
	var b bytes.Buffer
	x.ts.Check(s.Dump(context.Background(), &b))
	x.take("the database", b.Bytes())
}

var secretKey = regexp.MustCompile(`AGE-SECRET-KEY-1[0-9A-Z]+`)

// decrypt tries every key on every ciphertext; what opens is loot.
func (x *thief) decrypt() {
	for _, data := range x.loot {
		for _, key := range secretKey.FindAll(data, -1) {
			id, err := age.ParseX25519Identity(string(key))
			if err != nil {
				continue
			}
			for _, c := range x.sealed {
				if r, err := age.Decrypt(bytes.NewReader(c), id); err == nil {
					plain, _ := io.ReadAll(r) // as much of it as there is
					x.take("a ciphertext opened with a key that lies beside it", plain)
				}
			}
		}
	}
}

// finds says where a word stands, "" where nowhere.
func (x *thief) finds(word string) string {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(word)
	x.ts.Check(err)
	var wide []byte
	for _, u := range utf16.Encode([]rune(word)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, form := range []string{word, gb, string(wide), base64.StdEncoding.EncodeToString([]byte(word)), hex.EncodeToString([]byte(word))} {
		for i, data := range x.loot {
			if bytes.Contains(data, []byte(form)) {
				return x.names[i]
			}
		}
	}
	return ""
}
