package store

import (
	"fmt"

	"zhuanhua"
)

// table describes a table of ours for what treats all alike: dump, replay, backup, restore.
type table struct {
	name    string
	columns []column
	key     int  // how many of the first columns are the primary key
	derived bool // follows from the log: compared with a replay
	scratch bool // made again after a restore
}

type column struct {
	name string
	kind columnKind
}

type columnKind byte

const (
	text    columnKind = 't'
	integer columnKind = 'i' // NULL where the noun does not state it
	blob    columnKind = 'b'
	secret  columnKind = 's' // text that is no part of a dump
)

// noun is how one kind of record is kept: its table and the columns that can be searched.
type noun struct {
	kind     zhuanhua.Noun
	table    string
	search   []column
	casework bool // no batch of it is undone: what was decided and paid is answered by a further step
	fixed    bool // an image is never changed and never deleted
	// values reads the id and the search columns out of an image, in their order.
	values func(image []byte) (id string, values []any, err error)
	// files are the hashes of attachments that an image names; nil for nouns that name none.
	files func(image []byte) []string
}

// head is what every noun's table begins with.
func head() []column {
	return []column{{"id", text}, {"version", integer}, {"batch", text}, {"hash", text}, {"seq", integer},
		{"deleted", integer}, {"doc", text}, {"provenance", text}}
}

// nouns lists how each noun is kept, the catalogue's first, in the order of zhuanhua.Nouns.
func nouns() []noun {
	return []noun{achievements(), needs(), organisations(), persons(), contracts(),
		users(), cases(), steps(), entries(), budgets(), claims(), payments(), settings(), accreditations()}
}

// nounOf finds a noun, KindInvalid for an unknown one.
func nounOf(kind zhuanhua.Noun) (noun, error) {
	for _, n := range nouns() {
		if n.kind == kind {
			return n, nil
		}
	}
	return noun{}, zhuanhua.Invalid("", fmt.Sprintf("%q is no kind of record", kind),
		"use achievement, need, organisation, person, contract, user, case, step, entry, budget, claim, payment, setting or accreditation")
}

func (n noun) columns() []column { return append(head(), n.search...) }

// tables lists all of ours in the order in which a dump shows them.
func tables() []table {
	ts := []table{{name: "events", key: 1, derived: true, columns: []column{{"seq", integer}, {"at", text}, {"actor", text}, {"kind", text},
		{"subject", text}, {"payload", text}, {"prev_hash", text}, {"hash", text}}}}
	for _, n := range nouns() {
		ts = append(ts, table{name: n.table, key: 1, derived: true, columns: n.columns()})
	}
	return append(ts,
		table{name: "batches", key: 1, derived: true, columns: []column{{"id", text}, {"actor", text}, {"reason", text}, {"at", text},
			{"first_seq", integer}, {"last_seq", integer}, {"events", integer}, {"undone_by", text}}},
		table{name: "attachments", key: 1, derived: true, columns: []column{{"sha256", text}, {"name", text}, {"type", text}, {"size", integer},
			{"batch", text}, {"seq", integer}}},
		table{name: "person_keys", key: 1, derived: true, columns: []column{{"person_id", text}, {"destroyed", integer}, {"wrapped", secret}}},
		table{name: "seals", key: 1, columns: []column{{"n", integer}, {"line_hash", text}}},
		table{name: "vectors", key: 2, columns: []column{{"model", text}, {"text_hash", text}, {"data", blob}}},
		table{name: "indexed", key: 3, scratch: true, columns: []column{{"model", text}, {"noun", text}, {"id", text}, {"row_hash", text}, {"text_hash", text}}},
	)
}

// flag is a truth value as the tables keep it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// amount is an optional amount as the tables keep it.
func amount(m *zhuanhua.Money) any {
	if m == nil {
		return nil
	}
	return int64(*m)
}
