package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
)

// noticeView is what an authority made public, in words, with its clock.
type noticeView struct {
	app.Notice
	Kind     string // "publicity", "announcement"
	Title    string
	What     string // register or rule
	Lines    []pair // the text as it was publicised
	Left     int    // working days until objections end
	Open     bool   // objections are taken
	Clock    bool   // there is a last day
	Until    time.Time
	Index    string
	EntryURL string
}

// noticeList are the newest notices, all with 0; those that still take objections come first.
func (c *call) noticeList(most int) ([]noticeView, error) {
	if c.o.Desk == nil {
		return nil, nil
	}
	list, err := c.o.Desk.Notices(c.r.Context())
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b app.Notice) int { return urgency(a) - urgency(b) })
	var out []noticeView
	for _, n := range list {
		if most > 0 && len(out) == most {
			break
		}
		out = append(out, c.noticeView(n))
	}
	return out, nil
}

// urgency puts what is open before what is over.
func urgency(n app.Notice) int {
	if n.Running || n.Paused {
		return 0
	}
	return 1
}

func (c *call) noticeView(n app.Notice) noticeView {
	v := noticeView{Notice: n, Kind: "publicity", Left: n.Left, Open: n.Running, Clock: !n.Decision && !n.Due.IsZero(), Index: n.Case}
	v.Until = time.Date(n.Due.Year, n.Due.Month, n.Due.Day, 23, 59, 59, 0, beijing())
	name := n.Subject
	if name == "" {
		name = n.Holder
	}
	switch {
	case n.Register != nil:
		v.What = c.text(n.Register.Title)
	case n.Rule != nil:
		v.What = c.text(n.Rule.Title)
	default:
		v.What = c.text(n.Workflow)
	}
	key := "notice.title.publicity"
	if n.Decision {
		v.Kind, key = "announcement", "notice.title.decision"
	}
	v.Title = c.say(key, name, v.What)
	for line := range strings.Lines(n.Text) {
		what, text, _ := strings.Cut(strings.TrimSpace(line), "：")
		v.Lines = append(v.Lines, pair{what, text})
	}
	if n.Entry != "" && n.Register != nil && n.Decision {
		v.EntryURL = entryURL(n.Register.ID, n.Entry)
	}
	return v
}

// noticesView is a page of the list.
type noticesView struct {
	List        []noticeView
	Open        int // that still take objections
	Total       int
	First, Last int
	Prev, Next  string
}

func (s *Server) notices(c *call) error {
	list, err := c.noticeList(0)
	if err != nil {
		return err
	}
	v := &noticesView{Total: len(list)}
	for _, n := range list {
		if n.Open {
			v.Open++
		}
	}
	pages := max(1, (len(list)+pageRows-1)/pageRows)
	at, _ := strconv.Atoi(c.r.URL.Query().Get("page"))
	at = min(max(at, 1), pages)
	v.First, v.Last = (at-1)*pageRows+1, min(at*pageRows, len(list))
	v.List = list[v.First-1 : v.Last]
	if at > 1 {
		v.Prev = c.url("/notices") + "?page=" + itoa(at-1)
	}
	if at < pages {
		v.Next = c.url("/notices") + "?page=" + itoa(at+1)
	}
	p := &page{Name: "notices", Title: c.say("notices.title"), Hall: "notices", Brief: c.say("notices.brief"), Data: v, NoIndex: c.r.URL.RawQuery != ""}
	p.Crumbs = []crumb{{"", c.say("hall.notices")}}
	return c.show(p)
}

// noticePage is a notice with the form for objections.
type noticePage struct {
	noticeView
	Wrong         string
	Field         string
	Text, Contact string
	SignIn        bool   // the form takes a name and a password too
	Login         string // the name in it
	Done          bool
	Status        int
}

// noticeOf is the notice of the address.
func (c *call) noticeOf() (noticeView, error) {
	list, err := c.noticeList(0)
	if err != nil {
		return noticeView{}, err
	}
	i := slices.IndexFunc(list, func(n noticeView) bool { return n.ID == c.r.PathValue("id") })
	if i < 0 {
		return noticeView{}, statusError(http.StatusNotFound)
	}
	return list[i], nil
}

func (s *Server) notice(c *call) error {
	n, err := c.noticeOf()
	if err != nil {
		return err
	}
	return c.showNotice(&noticePage{noticeView: n, Done: c.r.URL.Query().Get("objected") != ""})
}

func (c *call) showNotice(v *noticePage) error {
	p := &page{Name: "notice", Title: v.Title, Hall: "notices", Data: v, Status: v.Status, Error: v.Wrong != ""}
	p.Crumbs = []crumb{{"/notices", c.say("hall.notices")}, {"", cutText(v.Title, 20)}}
	if v.Wrong != "" {
		p.Title = c.say("error.mark") + p.Title
	}
	return c.show(p)
}

// object takes an objection of somebody who has signed in: it is named, as the plan wants it. Whatever is wrong is
// said above what was written; a session that ended meanwhile is opened again by the same form.
func (s *Server) object(c *call) error {
	n, err := c.noticeOf()
	if err != nil {
		return err
	}
	v := c.objection(n)
	switch {
	case v.Text == "":
		return c.refused(v, "text", "object.wrong.text", http.StatusUnprocessableEntity)
	case v.Contact == "":
		return c.refused(v, "contact", "object.wrong.contact", http.StatusUnprocessableEntity)
	case v.SignIn && v.Login == "":
		return c.refused(v, "name", "object.wrong.session", http.StatusUnauthorized)
	case v.SignIn:
		wrong, code, err := c.signedIn(v.Login, c.r.PostFormValue("password"))
		if err != nil {
			return err
		}
		if v.SignIn = wrong != ""; v.SignIn {
			v.Wrong, v.Field, v.Status = wrong, "name", code
			return c.showNotice(v)
		}
	}
	if !s.limits.allow("object", c.session.User.Name, 5, 1) {
		return c.refused(v, "text", "form.often", http.StatusTooManyRequests)
	}
	err = s.o.Desk.Object(c.r.Context(), c.as(), n.ID, map[string]string{"text": v.Text, "contact": v.Contact})
	switch kind := zhuanhua.KindOf(err); {
	case err == nil:
		return c.see(c.url("/notices/"+n.ID) + "?objected=1")
	case kind == zhuanhua.KindConflict:
		return c.refused(v, "text", "object.wrong.late", http.StatusUnprocessableEntity)
	case kind == zhuanhua.KindInvalid || kind == zhuanhua.KindForbidden:
		return c.refused(v, "text", "object.wrong.other", http.StatusUnprocessableEntity)
	}
	return err
}

// objection is what somebody wrote against a notice.
func (c *call) objection(n noticeView) *noticePage {
	read := func(name string, most int) string {
		return cutRunes(strings.TrimSpace(readableText(c.r.PostFormValue(name))), most)
	}
	return &noticePage{noticeView: n, Text: read("text", 4000), Contact: read("contact", 100), Login: read("name", 64), SignIn: c.session == nil}
}

// refused shows the notice again with what was written, and what is wrong with it.
func (c *call) refused(v *noticePage, field, key string, code int) error {
	v.Wrong, v.Field, v.Status = c.say(key), field, code
	return c.showNotice(v)
}

// objectStale shows an objection again that came without its token: the page was open for long, or the session ended.
func (c *call) objectStale() error {
	n, err := c.noticeOf()
	if err != nil {
		return statusError(http.StatusForbidden)
	}
	if v := c.objection(n); v.SignIn {
		return c.refused(v, "name", "object.wrong.session", http.StatusForbidden)
	}
	return c.refused(c.objection(n), "text", "form.stale", http.StatusForbidden)
}
