package store

import (
	"context"
	"encoding/json"
	"fmt"

	"zhuanhua"
)

// Version is an earlier image of a record, KindNotFound when it never had that version. Persons have
// none here: their images are ciphertext in the log.
func (s *Store) Version(ctx context.Context, kind zhuanhua.Noun, id string, version int64) (Row, error) {
	for e, err := range storedEvents(ctx, s.db.reader(), EventFilter{Subject: subjectOf(kind, id)}) {
		if err != nil {
			return Row{}, dbError("the log cannot be read", err)
		}
		var p payload
		if err := json.Unmarshal([]byte(e.Payload), &p); err != nil {
			return Row{}, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: fmt.Sprintf("event %d", e.Seq), What: "the event cannot be read", Do: "run zhuanhua verify", Err: err}
		}
		if p.Version == version {
			return Row{Noun: kind, ID: id, Version: version, Batch: p.Batch, Hash: p.Hash, Seq: e.Seq, Image: string(p.Image), Deleted: len(p.Image) == 0}, nil
		}
	}
	return Row{}, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: subjectOf(kind, id), What: fmt.Sprintf("there is no version %d of it", version), Do: "look at the current record"}
}
