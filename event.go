package zhuanhua

import "time"

// Event is one line of the log of what was done (留痕): who did what to which record, and the full
// image of the record afterwards. Events are only added; each carries the hash of the one before.
type Event struct {
	Seq      int64     // 1, 2, 3, … without gaps
	At       time.Time // UTC
	Actor    string    // who, as the surface that let them in names them
	Kind     string    // what was done: "achievement.put", "person.forget", …
	Subject  string    // to what: "achievement/A-SUG-01"
	Payload  string    // canonical JSON text; personal fields are ciphertext
	PrevHash string    // Hash of event Seq-1, 64 zeros for the first
	Hash     string    // SHA-256 over every stored column before this one, lower-case hexadecimal
}
