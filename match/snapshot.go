package match

import (
	"path/filepath"
	"runtime"

	"zhuanhua/match/lexical"
	"zhuanhua/match/library"
	"zhuanhua/match/vector"
)

// Texts are the texts of a document that the encoder reads, passage by passage.
func (d *Document) Texts() []string { return d.passages() }

// documentTag changes whenever documents are written down or their cards are made in another way.
const documentTag = "documents 2"

// snapshotFiles are the files of a saved library; the last is only there with an encoder.
func snapshotFiles(dir, name string) (lib, lex, vec string) {
	path := filepath.Join(dir, name)
	return path + ".documents", path + ".lexical", path + ".vectors"
}

// Save writes the library as files of a name in a directory, and returns them. What is added while it
// writes may be in one file and not in another, which Open mends; of a document that is replaced
// meanwhile the stamp is never newer than what stands in the indexes.
func (e *Engine) Save(dir, name string) ([]string, error) {
	lib, lex, vec := snapshotFiles(dir, name)
	if err := e.lib.Save(lib, documentTag); err != nil {
		return nil, err
	}
	if err := e.lex.Save(lex); err != nil {
		return nil, err
	}
	if e.vec == nil {
		return []string{lib, lex}, nil
	}
	return []string{lib, lex, vec}, e.vec.Save(vec)
}

// Open makes an engine of a saved library. Its files are mapped, not read: they may be replaced or
// removed later, but not changed in place. What only some of the files hold is taken out. An error
// says that a file is missing, damaged, or of another model; make the library again then.
func Open(opt Options, dir, name string) (*Engine, error) {
	e, err := New(opt)
	if err != nil {
		return nil, err
	}
	lib, lex, vec := snapshotFiles(dir, name)
	if e.lib, err = library.Open(lib, documentTag); err != nil {
		return nil, err
	}
	if e.lex, err = lexical.Open(lex, LexicalOptions()); err != nil {
		return nil, err
	}
	if e.vec != nil {
		if e.vec, err = vector.LoadIndex(vec, e.opt.Encoder.Model()); err != nil {
			return nil, err
		}
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	e.now.Store(nil)
	e.refresh()
	if gone := e.halves(); len(gone) > 0 {
		e.lex.Delete(gone...)
		e.lib.Delete(gone...)
		if e.vec != nil {
			e.vec.DeleteAll(gone...)
		}
		e.refresh()
	}
	return e, nil
}

// halves are the ids that not all indexes know.
func (e *Engine) halves() []string {
	s := e.state()
	var gone []string
	whole := 0
	for i, places := range s.places {
		seg := s.lex.Segment(i)
		for at, number := range places.lib {
			switch {
			case !seg.Live(at):
			case number < 0, places.vec != nil && places.vec[at] < 0:
				gone = append(gone, seg.ID(at))
			default:
				whole++
			}
		}
	}
	if whole < s.lib.Len() {
		for n := range s.lib.Numbers() {
			if id := s.lib.ID(n); id != "" && s.numberOf(id) != n {
				gone = append(gone, id)
			}
		}
	}
	if s.vec == nil || whole == s.vec.Len() {
		return gone
	}
	for n := range s.vec.Docs() {
		if id := s.vec.ID(n); id != "" && s.numberOf(id) < 0 {
			gone = append(gone, id)
		}
	}
	runtime.KeepAlive(s)
	return gone
}

// Holds reports whether a document can be found: by its words and, with an encoder, by its meaning.
func (e *Engine) Holds(id string) bool {
	s := e.state()
	doc, ok := s.lex.Doc(id)
	return ok && s.lib.Has(s.libOfDoc(doc)) && (s.vec == nil || s.vecOfDoc(doc) >= 0)
}

// Vectors are the vectors of a document's passages, nil without an encoder.
func (e *Engine) Vectors(id string) []vector.Vec {
	if e.vec == nil {
		return nil
	}
	s := e.state()
	doc, ok := s.lex.Doc(id)
	if !ok {
		return nil
	}
	return s.vec.Vectors(s.vecOfDoc(doc))
}

// fieldWeights are the weights of the fields that Document.fields makes: title, and all else.
func fieldWeights() []int { return []int{2, 1} }
