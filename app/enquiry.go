package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/store"
)

// Enquiry is what somebody asks the holder of an achievement, or who has a need. It holds personal data of
// who asks: it stands in a file of its own beside the records, never in their log, so that it can go.
type Enquiry struct {
	ID           string        `json:"id"`
	At           time.Time     `json:"at"`
	Noun         zhuanhua.Noun `json:"noun"`
	Record       string        `json:"record"`
	Title        string        `json:"title"` // as it was when asked
	Units        []string      `json:"units,omitempty"`
	Name         string        `json:"name"`
	Organisation string        `json:"organisation,omitempty"`
	Contact      string        `json:"contact"` // telephone or mail address
	Text         string        `json:"text"`
	Done         time.Time     `json:"done,omitzero"` // when somebody took it up
	By           string        `json:"by,omitempty"`  // who did
}

// Bounds of enquiries.
const (
	EnquiryLife     = 180 * 24 * time.Hour
	LongestEnquiry  = 2_000 // characters
	longestName     = 60
	longestContact  = 100
	mostEnquiries   = 20_000
	enquiryTwice    = 10 * time.Minute // the same again within this is the same
	fewestPhoneNums = 7
)

// Enquiries keeps what was asked, in a file that only this machine's operator reads. It is safe for
// concurrent use.
type Enquiries struct {
	mu   sync.Mutex
	path string
	now  func() time.Time
	all  []Enquiry
}

// OpenEnquiries reads a file of enquiries, which need not be there yet; what is older than EnquiryLife is
// dropped from it. "" keeps them in memory; now may be nil.
func OpenEnquiries(path string, now func() time.Time) (*Enquiries, error) {
	if now == nil {
		now = time.Now
	}
	q := &Enquiries{path: path, now: now}
	b, err := os.ReadFile(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return q, nil
	}
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the enquiries cannot be read", "check its permissions", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	torn := false
	for lines.Scan() {
		var e Enquiry
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			torn = true // a line that the power failed in was never confirmed to who wrote it
			continue
		}
		q.all = append(q.all, e)
	}
	if q.expire() || torn {
		if err := q.write(); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// check says what is wrong with an enquiry, the field as its place.
func (e *Enquiry) check() error {
	trim := func(s *string) { *s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n")) }
	for _, s := range []*string{&e.Name, &e.Organisation, &e.Contact, &e.Text} {
		if trim(s); !utf8.ValidString(*s) || strings.ContainsRune(*s, 0) {
			return zhuanhua.Invalid("text", "it is no text", "type it anew")
		}
	}
	switch {
	case e.Name == "" || utf8.RuneCountInString(e.Name) > longestName:
		return zhuanhua.Invalid("name", "there is no name, or a long one", "say how you are to be addressed")
	case utf8.RuneCountInString(e.Organisation) > longestContact:
		return zhuanhua.Invalid("organisation", "the name is too long", "shorten it")
	case utf8.RuneCountInString(e.Contact) > longestContact || !reachable(e.Contact):
		return zhuanhua.Invalid("contact", "this is no telephone number and no mail address", "give one of them")
	case e.Text == "" || utf8.RuneCountInString(e.Text) > LongestEnquiry:
		return zhuanhua.Invalid("text", "there is no text, or a long one", "say what it is about")
	}
	return nil
}

// reachable reports whether somebody can be reached under it: a mail address, or enough digits for a telephone.
func reachable(s string) bool {
	if strings.Contains(s, "@") {
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s && strings.Contains(s[strings.Index(s, "@"):], ".")
	}
	digits := 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune("+-() 转", r):
			return false
		}
	}
	return digits >= fewestPhoneNums && digits <= 20
}

// Add keeps an enquiry and returns it with its number. When it returns without an error it is on the disk.
// The same enquiry twice, as by a double click, is one.
func (q *Enquiries) Add(e Enquiry) (Enquiry, error) {
	if err := e.check(); err != nil {
		return e, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	e.At = q.now()
	for i := len(q.all) - 1; i >= 0 && e.At.Sub(q.all[i].At) < enquiryTwice; i-- {
		if o := q.all[i]; o.Record == e.Record && o.Contact == e.Contact && o.Text == e.Text {
			return o, nil
		}
	}
	q.expire()
	if len(q.all) >= mostEnquiries {
		return e, zhuanhua.Unavailable("enquiries", "there are too many that nobody has read", "call the hotline", nil)
	}
	b := make([]byte, 5)
	rand.Read(b) // never fails
	e.ID = strings.ToUpper(hex.EncodeToString(b))
	q.all = append(q.all, e)
	if err := q.append(e); err != nil {
		q.all = q.all[:len(q.all)-1]
		return e, err
	}
	return e, nil
}

// append writes one line to the end of the file and waits for the disk.
func (q *Enquiries) append(e Enquiry) error {
	if q.path == "" {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(q.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.Write(append(line, '\n'))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return zhuanhua.Unavailable(q.path, "the enquiry cannot be kept", "check space and permissions", err)
	}
	return nil
}

// write writes the whole file: it appears whole or not at all.
func (q *Enquiries) write() error {
	if q.path == "" {
		return nil
	}
	var b bytes.Buffer
	for _, e := range q.all {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		b.Write(append(line, '\n'))
	}
	if err := writeDurably(q.path, b.Bytes()); err != nil {
		return zhuanhua.Unavailable(q.path, "the enquiries cannot be kept", "check space and permissions", err)
	}
	return nil
}

// writeDurably replaces a file by one that is on the disk.
func writeDurably(path string, b []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// expire drops what is too old and reports whether there was any.
func (q *Enquiries) expire() bool {
	before := len(q.all)
	q.all = slices.DeleteFunc(q.all, func(e Enquiry) bool { return q.now().Sub(e.At) > EnquiryLife })
	return len(q.all) < before
}

// EnquiryReader is who reads enquiries: an officer all of them, others those to their organisations.
type EnquiryReader struct {
	Officer bool
	Units   []string
}

// reads reports whether an enquiry is for a reader.
func (r EnquiryReader) reads(e *Enquiry) bool {
	return r.Officer || slices.ContainsFunc(e.Units, func(u string) bool { return slices.Contains(r.Units, u) })
}

// List are the enquiries for a reader: those that nobody took up first, then the newest.
func (q *Enquiries) List(r EnquiryReader) []Enquiry {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	var out []Enquiry
	for _, e := range q.all {
		if r.reads(&e) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Enquiry) int {
		rank := func(e Enquiry) int {
			if e.Done.IsZero() {
				return 0
			}
			return 1
		}
		return cmp.Or(rank(a)-rank(b), b.At.Compare(a.At))
	})
	return out
}

// Take notes that somebody took an enquiry up.
func (q *Enquiries) Take(r EnquiryReader, id, by string) error {
	return q.change(r, id, func(i int) { q.all[i].Done, q.all[i].By = q.now(), by })
}

// Forget removes an enquiry for good.
func (q *Enquiries) Forget(r EnquiryReader, id string) error {
	return q.change(r, id, func(i int) { q.all = slices.Delete(q.all, i, i+1) })
}

// change does something to an enquiry of a reader and writes the file. What cannot be written has not happened.
func (q *Enquiries) change(r EnquiryReader, id string, do func(i int)) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.all, func(e Enquiry) bool { return e.ID == id && r.reads(&e) })
	if i < 0 {
		return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: id, What: "there is no such enquiry", Do: "go back to the list"}
	}
	was := slices.Clone(q.all)
	q.expire()
	if i = slices.IndexFunc(q.all, func(e Enquiry) bool { return e.ID == id }); i >= 0 {
		do(i)
	}
	if err := q.write(); err != nil {
		q.all = was
		return err
	}
	return nil
}

// UnitsOf are the names of the organisation that a login belongs to, none for a login that belongs to none.
func (a *App) UnitsOf(ctx context.Context, login string) ([]string, error) {
	u, err := a.User(ctx, login)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound || err == nil && (u.Disabled || u.Organisation == "") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := []string{u.Organisation}
	for row, err := range a.store.Rows(ctx, zhuanhua.NounOrganisation, store.Filter{IDs: out}) {
		if err != nil {
			return nil, err
		}
		o, err := store.As[zhuanhua.Organisation](row)
		if err != nil {
			return nil, err
		}
		out = append(out, o.Name)
	}
	return out, nil
}
