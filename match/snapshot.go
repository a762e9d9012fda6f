package match

import (
	"path/filepath"

	"zhuanhua/match/lexical"
	"zhuanhua/match/vector"
)

// Texts are the texts of a document that the encoder reads, passage by passage.
func (d *Document) Texts() []string { return d.passages() }

// snapshotFiles are the files of a saved library; the second is only there with an encoder.
func snapshotFiles(dir, name string) (lex, vec string) {
	return filepath.Join(dir, name+".lexical"), filepath.Join(dir, name+".vectors")
}

// Save writes the library's indexes as files of a name in a directory, and returns them. The documents
// themselves are not saved.
func (e *Engine) Save(dir, name string) ([]string, error) {
	lex, vec := snapshotFiles(dir, name)
	if err := e.lex.Save(lex); err != nil {
		return nil, err
	}
	if e.vec == nil || e.opt.Mode == Lexical {
		return []string{lex}, nil
	}
	return []string{lex, vec}, e.vec.Save(vec)
}

// Open makes an engine of a saved library and of its documents. What is saved and not among the
// documents is taken out; a document that was not saved, or not as it is, must be added again.
func Open(opt Options, dir, name string, docs []Document) (*Engine, error) {
	e, err := New(opt)
	if err != nil {
		return nil, err
	}
	lex, vec := snapshotFiles(dir, name)
	if e.lex, err = lexical.Open(lex, lexical.Options{Weights: fieldWeights()}); err != nil {
		return nil, err
	}
	if e.vec != nil && e.opt.Mode != Lexical {
		if e.vec, err = vector.LoadIndex(vec, e.opt.Encoder.Model()); err != nil {
			return nil, err
		}
	}
	for i := range docs {
		e.docs[docs[i].ID] = &docs[i]
	}
	e.dropUnknown()
	e.refresh()
	return e, nil
}

// dropUnknown takes out of the indexes what there is no document for.
func (e *Engine) dropUnknown() {
	view := e.lex.View()
	var gone []string
	for d := range view.Slots() {
		if id := view.ID(d); view.Live(d) && e.docs[id] == nil {
			gone = append(gone, id)
		}
	}
	e.lex.Delete(gone...)
	if e.vec == nil {
		return
	}
	for d := range e.vec.Docs() {
		if id := e.vec.ID(d); id != "" && e.docs[id] == nil {
			e.vec.Delete(id)
		}
	}
}

// Holds reports whether a document can be found: by its words and, with an encoder, by its meaning.
func (e *Engine) Holds(id string) bool {
	s := e.state()
	d, ok := s.lex.Doc(id)
	if !ok || e.Document(id) == nil {
		return false
	}
	return e.opt.Mode == Lexical || e.vec == nil || s.vecOf[d] >= 0
}

// Vectors are the vectors of a document's passages, nil without an encoder.
func (e *Engine) Vectors(id string) []vector.Vec {
	if e.vec == nil {
		return nil
	}
	d, ok := e.vec.Doc(id)
	if !ok {
		return nil
	}
	return e.vec.Vectors(d)
}

// fieldWeights are the weights of the fields that Document.fields makes: title, and all else.
func fieldWeights() []int { return []int{2, 1} }
