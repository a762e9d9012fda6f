package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"zhuanhua"
	"zhuanhua/app"
)

// contactView is the form for an enquiry about a record.
type contactView struct {
	Noun    zhuanhua.Noun
	Entry   *app.Entry
	Asked   app.Enquiry
	Wrong   string // what is wrong with Field
	Field   string
	Longest int
}

// contact asks for an enquiry.
func (s *Server) contact(c *call) error {
	q := c.r.URL.Query()
	return c.contactPage(q.Get("of"), q.Get("id"), contactView{}, http.StatusOK)
}

func (c *call) contactPage(of, id string, v contactView, code int) error {
	v.Noun = nounOf(of)
	if v.Entry = c.o.Catalogue.Entry(v.Noun, id); v.Entry == nil {
		return statusError(http.StatusNotFound)
	}
	v.Longest = app.LongestEnquiry
	hall := "achievements"
	if v.Noun == zhuanhua.NounNeed {
		hall = "needs"
	}
	p := &page{Name: "contact", Title: c.say("enquiry.title." + string(v.Noun)), Hall: hall, NoIndex: true, Data: v, Status: code, Error: v.Wrong != ""}
	p.Crumbs = []crumb{{"/" + hall, c.say("hall." + hall)}, {recordURL(v.Noun, v.Entry.ID), cutText(v.Entry.Title, 16)}, {"", p.Title}}
	if v.Wrong != "" {
		p.Title = c.say("error.mark") + p.Title
	}
	return c.show(p)
}

// nounOf is the noun of a hall that a form names.
func nounOf(name string) zhuanhua.Noun {
	if name == string(zhuanhua.NounNeed) {
		return zhuanhua.NounNeed
	}
	return zhuanhua.NounAchievement
}

// asked is the enquiry in the form that came.
func (c *call) asked() app.Enquiry {
	read := func(name string) string { return cutRunes(readableText(c.r.PostFormValue(name)), 2*app.LongestEnquiry) }
	return app.Enquiry{Name: read("name"), Organisation: read("organisation"), Contact: read("contact"), Text: read("text")}
}

// contactStale shows an enquiry again that came without its token.
func (c *call) contactStale() error {
	if c.o.Catalogue.Entry(nounOf(c.r.PostFormValue("of")), c.r.PostFormValue("id")) == nil {
		return statusError(http.StatusForbidden)
	}
	return c.contactPage(c.r.PostFormValue("of"), c.r.PostFormValue("id"), contactView{Asked: c.asked(), Wrong: c.say("form.stale"), Field: "text"}, http.StatusForbidden)
}

// contactSend keeps an enquiry and says under which number.
func (s *Server) contactSend(c *call) error {
	of, id := c.r.PostFormValue("of"), c.r.PostFormValue("id")
	noun := nounOf(of)
	about := s.o.Catalogue.Entry(noun, id)
	if about == nil {
		return statusError(http.StatusNotFound)
	}
	e := c.asked()
	e.Noun, e.Record, e.Title, e.Units = noun, id, about.Title, about.Units
	if !s.limits.allow("contact", c.client(), 6, 0.5) {
		return c.contactPage(of, id, contactView{Asked: e, Wrong: c.say("form.often"), Field: "text"}, http.StatusTooManyRequests)
	}
	kept, err := s.o.Enquiries.Add(e)
	var wrong *zhuanhua.Error
	if errors.As(err, &wrong) && wrong.Kind == zhuanhua.KindInvalid {
		return c.contactPage(of, id, contactView{Asked: e, Wrong: c.say("enquiry.wrong."+wrong.Where, number(app.LongestEnquiry)), Field: wrong.Where}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.see(c.url("/contact/sent") + "?" + url.Values{"number": {kept.ID}}.Encode())
}

// enquiryNumber is the form of a number.
var enquiryNumber = regexp.MustCompile(`^[0-9A-F]{10}$`)

// contactSent says what happens next.
func (s *Server) contactSent(c *call) error {
	id := c.r.URL.Query().Get("number")
	if !enquiryNumber.MatchString(id) {
		return statusError(http.StatusNotFound)
	}
	p := &page{Name: "sent", Title: c.say("enquiry.sent"), Hall: "achievements", NoIndex: true, Data: id}
	p.Crumbs = []crumb{{"/achievements", c.say("hall.achievements")}, {"", p.Title}}
	return c.show(p)
}

// enquiriesView is the list of enquiries for who reads them.
type enquiriesView struct {
	List  []app.Enquiry
	Open  int
	Reads bool // is an officer, or belongs to an organisation
	Days  int
}

// reader is what the one who is signed in may read.
func (c *call) reader() (app.EnquiryReader, error) {
	units, err := c.o.App.UnitsOf(c.r.Context(), c.session.User.Name)
	return app.EnquiryReader{Officer: slices.Contains(c.session.User.Roles, zhuanhua.RoleOfficer), Units: units}, err
}

// enquiries lists what was asked.
func (s *Server) enquiries(c *call) error {
	if c.session == nil {
		return c.see(c.url("/sign-in") + "?back=" + c.url("/enquiries"))
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	v := enquiriesView{List: s.o.Enquiries.List(r), Reads: r.Officer || len(r.Units) > 0, Days: int(app.EnquiryLife.Hours() / 24)}
	for _, e := range v.List {
		if e.Done.IsZero() {
			v.Open++
		}
	}
	c.w.Header().Set("Cache-Control", "no-store")
	p := &page{Name: "enquiries", Title: c.say("enquiries.title"), Hall: "desk", NoIndex: true, Data: v}
	p.Crumbs = []crumb{{"/desk", c.say("desk.title")}, {"", p.Title}}
	return c.show(p)
}

// enquiryChange takes an enquiry up, or removes it.
func (s *Server) enquiryChange(c *call) error {
	if c.session == nil {
		return c.see(c.url("/sign-in") + "?back=" + c.url("/enquiries"))
	}
	r, err := c.reader()
	if err != nil {
		return err
	}
	id := c.r.PathValue("id")
	switch c.r.PathValue("do") {
	case "take":
		err = s.o.Enquiries.Take(r, id, c.session.User.Name)
	case "forget":
		err = s.o.Enquiries.Forget(r, id)
	default:
		err = statusError(http.StatusNotFound)
	}
	if err != nil {
		return err
	}
	return c.see(c.url("/enquiries"))
}
