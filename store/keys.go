package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// The key files of a data directory, each 32 bytes in base64 for the eyes of the owner alone.
const (
	keysDir       = "keys"
	masterKeyFile = "master.key" // wraps the keys of persons
	sealKeyFile   = "seal.key"   // the seed of the ed25519 key that signs seals
)

// keyring holds the keys of the data directory. A reader may lack them: it then cannot read persons.
type keyring struct {
	master cipher.AEAD
	seal   ed25519.PrivateKey
	sample string // what new persons' keys are derived from in a sample; "": chance
}

// openKeys reads the keys; a writer makes them where there are no records that need earlier ones.
func openKeys(ctx context.Context, s *Store) (*keyring, error) {
	k := &keyring{sample: s.o.Sample}
	master, err := s.keyFile(ctx, masterKeyFile, "SELECT count(*) FROM (SELECT 1 FROM person_keys LIMIT 1) AS p")
	if err != nil {
		return nil, err
	}
	if master != nil {
		if k.master, err = newAEAD(master); err != nil {
			return nil, err
		}
	}
	seed, err := s.keyFile(ctx, sealKeyFile, "SELECT count(*) FROM (SELECT 1 FROM seals LIMIT 1) AS p")
	if err != nil {
		return nil, err
	}
	if seed != nil {
		k.seal = ed25519.NewKeyFromSeed(seed)
	}
	return k, nil
}

// keyFile reads a key, nil where a reader finds none. A writer makes it, unless needed counts something
// that only the lost key fits.
func (s *Store) keyFile(ctx context.Context, name, needed string) ([]byte, error) {
	path := filepath.Join(s.o.Dir, keysDir, name)
	b, err := os.ReadFile(path)
	if err == nil {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(b)))
		if err != nil || len(key) != 32 {
			return nil, zhuanhua.Invalid(path, "this is no key file", "put it back from a backup")
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError(path, "the key cannot be read", err)
	}
	if s.o.ReadOnly {
		return nil, nil
	}
	var n int
	if err := s.db.reader().QueryRowContext(ctx, needed).Scan(&n); err != nil {
		return nil, dbError("the keys cannot be checked", err)
	}
	if n > 0 {
		return nil, zhuanhua.Unavailable(path, "the key is missing, and records were written under it",
			"put it back from a backup; with PostgreSQL, name with --data the directory that belongs to the database", nil)
	}
	key := make([]byte, 32)
	rand.Read(key)
	return key, writeWhole(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n"))
}

// writeWhole writes a file for the owner alone, whole or not at all.
func writeWhole(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fileError(path, "the directory cannot be made", err)
	}
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fileError(path, "the file cannot be written", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		os.Remove(tmp)
		return fileError(path, "the file cannot be written", err)
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fileError(dir, "the directory cannot be read", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fileError(dir, "the directory cannot be written", err)
	}
	return nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

// encrypt is AES-256-GCM: nonce and ciphertext in base64. label binds it to where it stands.
func encrypt(a cipher.AEAD, plain []byte, label string) string {
	nonce := make([]byte, a.NonceSize())
	rand.Read(nonce)
	return encryptWith(a, nonce, plain, label)
}

func encryptWith(a cipher.AEAD, nonce, plain []byte, label string) string {
	return base64.StdEncoding.EncodeToString(a.Seal(slices.Clone(nonce), nonce, plain, []byte(label)))
}

var errSealed = errors.New("the ciphertext does not fit its key")

func decrypt(a cipher.AEAD, sealed, label string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) < a.NonceSize() {
		return nil, errSealed
	}
	plain, err := a.Open(nil, b[:a.NonceSize()], b[a.NonceSize():], []byte(label))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// personKey is what a person's fields are encrypted under.
type personKey struct {
	id    string
	bytes []byte
	aead  cipher.AEAD
}

func newPersonKey(id string, key []byte) (*personKey, error) {
	a, err := newAEAD(key)
	return &personKey{id: id, bytes: key, aead: a}, err
}

// hash tells equal images apart from unequal ones, to whoever has the key alone: a plain hash of a name
// could be guessed from a list of names.
func (k *personKey) hash(image string) string {
	return hex.EncodeToString(derived(k.bytes, image))
}

// newPerson makes the key of a person who has none: by chance, or in a sample from its name and the id.
func (r *keyring) newPerson(id string) (*personKey, error) {
	key := make([]byte, 32)
	if rand.Read(key); r.sample != "" {
		key = derived([]byte(r.sample), "person/"+id)
	}
	return newPersonKey(id, key)
}

// encrypt encrypts a person's text. In a sample the nonce follows from the key and the text, so that no
// other text gets the same one and the same text reads the same again.
func (r *keyring) encrypt(k *personKey, plain, label string) string {
	if r.sample == "" {
		return encrypt(k.aead, []byte(plain), label)
	}
	nonce := derived(k.bytes, label+"\x00"+plain)[:k.aead.NonceSize()]
	return encryptWith(k.aead, nonce, []byte(plain), label)
}

func derived(from []byte, what string) []byte {
	m := hmac.New(sha256.New, from)
	m.Write([]byte(what))
	return m.Sum(nil)
}

// sealedImage is what stands in the log and the row instead of a person's image.
type sealedImage struct {
	ID     string `json:"id,omitempty"`
	Sealed string `json:"sealed"`
}

// wrap is the key under the master key.
func (r *keyring) wrap(k *personKey) string { return encrypt(r.master, k.bytes, "key/"+k.id) }

func (r *keyring) unwrap(id, wrapped string) (*personKey, error) {
	if r.master == nil {
		return nil, zhuanhua.Unavailable(masterKeyFile, "the master key is missing: persons cannot be read", "put it back from a backup", nil)
	}
	b, err := decrypt(r.master, wrapped, "key/"+id)
	if err != nil {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: subjectOf(zhuanhua.NounPerson, id),
			What: "the person's key does not fit the master key", Do: "run zhuanhua verify, and restore the newest backup", Err: err}
	}
	return newPersonKey(id, b)
}

// people are the persons of one transaction.
type people struct {
	ring      *keyring
	keys      map[string]*personKey
	forgotten map[string]bool
	fresh     [][]any
}

func (r *keyring) people() *people {
	return &people{ring: r, keys: map[string]*personKey{}, forgotten: map[string]bool{}}
}

// load reads the keys of the persons that items speak of.
func (p *people) load(ctx context.Context, db bun.IDB, items []item) error {
	var ids []string
	for _, it := range items {
		if it.Noun == zhuanhua.NounPerson && p.keys[it.ID] == nil {
			ids = append(ids, it.ID)
		}
	}
	wrapped, err := wrappedKeys(ctx, db, ids)
	if err != nil {
		return err
	}
	for id, w := range wrapped {
		if w.destroyed != 0 {
			p.forgotten[id] = true
		} else if p.keys[id], err = p.ring.unwrap(id, w.wrapped); err != nil {
			return err
		}
	}
	return nil
}

// drop takes back the new keys from the nth on: what they were for was refused.
func (p *people) drop(n int) {
	for _, row := range p.fresh[n:] {
		delete(p.keys, row[0].(string))
	}
	p.fresh = p.fresh[:n]
}

// prepare gives a person's item its hash and, where it is not what is there already, its ciphertext.
func (p *people) prepare(it *item, currentHash string) error {
	if it.Noun != zhuanhua.NounPerson || it.Image == "" {
		return nil
	}
	if p.forgotten[it.ID] {
		return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: subjectOf(it.Noun, it.ID),
			What: "this person was deleted on request and may not come back", Do: "leave the row out"}
	}
	if it.sealed {
		return nil
	}
	key := p.keys[it.ID]
	if key == nil {
		var err error
		if key, err = p.ring.newPerson(it.ID); err != nil {
			return err
		}
		p.keys[it.ID] = key
		p.fresh = append(p.fresh, []any{it.ID, int64(0), p.ring.wrap(key)})
	}
	if it.hash = key.hash(it.Image); it.hash == currentHash {
		return nil
	}
	it.Image = zhuanhua.CanonicalJSON(sealedImage{ID: it.ID, Sealed: p.ring.encrypt(key, it.Image, "image/"+it.ID)})
	if it.source != "" {
		it.source = zhuanhua.CanonicalJSON(sealedImage{Sealed: p.ring.encrypt(key, it.source, "source/"+it.ID)})
	}
	it.sealed = true
	return nil
}

// save keeps the new keys.
func (p *people) save(ctx context.Context, db bun.IDB) error {
	return insert(ctx, db, "person_keys", columnsOf("person_keys"), p.fresh, "")
}
