package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// ForgottenName is what a forgotten person's name reads as.
const ForgottenName = "已删除"

// persons have no search columns: all but the id is ciphertext.
func persons() noun {
	return noun{kind: zhuanhua.NounPerson, table: "persons",
		values: func(image []byte) (string, []any, error) {
			var p zhuanhua.Person
			err := json.Unmarshal(image, &p)
			return p.ID, nil, err
		}}
}

// wrappedKey is a row of person_keys.
type wrappedKey struct {
	destroyed int64 // the event that forgot the person, 0
	wrapped   string
}

func wrappedKeys(ctx context.Context, db bun.IDB, ids []string) (map[string]wrappedKey, error) {
	keys := map[string]wrappedKey{}
	for chunk := range slices.Chunk(ids, 500) {
		rows, err := db.QueryContext(ctx, "SELECT person_id, destroyed, wrapped FROM person_keys WHERE person_id IN (?)", bun.List(chunk))
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var id string
			var k wrappedKey
			if err := rows.Scan(&id, &k.destroyed, &k.wrapped); err != nil {
				rows.Close()
				return nil, err
			}
			keys[id] = k
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// openPerson puts the plain text into a person's row.
func (r *keyring) openPerson(row *Row, provenance string, k wrappedKey) error {
	if k.destroyed != 0 {
		row.Forgotten = true
		row.Image = zhuanhua.CanonicalJSON(zhuanhua.Person{ID: row.ID, Name: ForgottenName})
		return nil
	}
	if row.Image == "" {
		return nil
	}
	key, err := r.unwrap(row.ID, k.wrapped)
	if err != nil {
		return err
	}
	image, err := key.open(row.Image, "image/")
	if err != nil {
		return err
	}
	row.Image = string(image)
	if provenance == "" {
		return nil
	}
	source, err := key.open(provenance, "source/")
	if err != nil {
		return err
	}
	return json.Unmarshal(source, &row.Source)
}

func (k *personKey) open(doc, label string) ([]byte, error) {
	var s sealedImage
	if err := json.Unmarshal([]byte(doc), &s); err != nil {
		return nil, errSealed
	}
	b, err := decrypt(k.aead, s.Sealed, label+k.id)
	if err != nil {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: subjectOf(zhuanhua.NounPerson, k.id),
			What: "the person's fields do not fit their key", Do: "run zhuanhua verify, and restore the newest backup", Err: err}
	}
	return b, nil
}

// Forget destroys the key of a person: name, title, contact and everything else but the id can no
// longer be read, from the row, from the log, or from where the record came. It can't be undone.
// Backups made before still hold the key. KindNotFound for an unknown person; forgetting twice is no
// error and makes no event.
func (s *Store) Forget(ctx context.Context, actor, personID, reason string) error {
	c := zhuanhua.Change{}
	if err := checkChange(actor, &c); err != nil {
		return err
	}
	if err := s.writing(); err != nil {
		return err
	}
	defer s.mu.Unlock()
	subject := subjectOf(zhuanhua.NounPerson, personID)
	err := s.write(ctx, func(t *tx) error {
		var destroyed int64
		err := t.QueryRowContext(ctx, "SELECT destroyed FROM person_keys WHERE person_id = ?", personID).Scan(&destroyed)
		if errors.Is(err, sql.ErrNoRows) {
			return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: subject, What: "there is no such person", Do: "check the id"}
		}
		if err != nil || destroyed != 0 {
			return err
		}
		w, err := s.beginEvents(ctx, t, actor)
		if err != nil {
			return err
		}
		if err := w.add("person."+didForget, subject, payload{Batch: c.Batch, Reason: reason}); err != nil {
			return err
		}
		return w.finish(ctx)
	})
	if err != nil {
		return err
	}
	if err := s.db.scrub(ctx); err != nil {
		return dbError(fmt.Sprintf("%s is forgotten, but traces of the key could not be overwritten", subject), err)
	}
	return nil
}
