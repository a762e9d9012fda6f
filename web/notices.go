package web

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Notice is something that the authority makes public (公示、公告): who is to be supported, what was
// decided, until when one may object.
type Notice struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"` // "publicity", "announcement"
	Title     Named     `json:"title"`
	Body      []Named   `json:"body"`   // paragraphs
	Number    string    `json:"number"` // 文号
	Index     string    `json:"index"`  // 索引号
	Source    Named     `json:"source"`
	Rows      []Row     `json:"rows"` // what is proposed
	Published time.Time `json:"published"`
	Until     time.Time `json:"until"` // objections are taken so long; zero: there is nothing to object to
}

// Row is one line of a notice.
type Row struct {
	Name   Named `json:"name"`
	Detail Named `json:"detail"`
	Fen    int64 `json:"fen"` // 0: no amount
}

// Notices is where notices come from. Registers and casework bring their own.
type Notices interface {
	// Notices are all that is public at a moment, the newest first.
	Notices(ctx context.Context, at time.Time) ([]Notice, error)
}

// noNotices is before anything is made public.
type noNotices struct{}

// Notices are none.
func (noNotices) Notices(context.Context, time.Time) ([]Notice, error) { return nil, nil }

// noticeView is a notice with its clock.
type noticeView struct {
	Notice
	Left  int  // working days until objections end
	Open  bool // objections are taken
	Clock bool // there is a last day
}

// noticeList are the newest notices, all with 0.
func (c *call) noticeList(most int) ([]noticeView, error) {
	list, err := c.o.Notices.Notices(c.r.Context(), c.o.Now())
	if err != nil {
		return nil, err
	}
	var out []noticeView
	for _, n := range list {
		if most > 0 && len(out) == most {
			break
		}
		v := noticeView{Notice: n, Clock: !n.Until.IsZero()}
		if v.Clock {
			v.Left = workingDays(c.o.Now(), n.Until)
			v.Open = c.o.Now().Before(n.Until)
		}
		out = append(out, v)
	}
	return out, nil
}

// workingDays counts Mondays to Fridays after a moment up to the day of another. Public holidays are
// not known here.
func workingDays(from, to time.Time) int {
	from, to = from.In(beijing()), to.In(beijing())
	n := 0
	for d := from.AddDate(0, 0, 1); !d.After(to) && n < 1000; d = d.AddDate(0, 0, 1) {
		if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			n++
		}
	}
	return n
}

func (s *Server) notices(c *call) error {
	list, err := c.noticeList(0)
	if err != nil {
		return err
	}
	p := &page{Name: "notices", Title: c.say("notices.title"), Hall: "notices", Brief: c.say("notices.brief"), Data: list}
	p.Crumbs = []crumb{{"", c.say("hall.notices")}}
	return c.show(p)
}

func (s *Server) notice(c *call) error {
	list, err := c.noticeList(0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(n noticeView) bool { return n.ID == c.r.PathValue("id") })
	if i < 0 {
		return statusError(http.StatusNotFound)
	}
	p := &page{Name: "notice", Title: list[i].Title.In(c.lang), Hall: "notices", Data: list[i]}
	p.Crumbs = []crumb{{"/notices", c.say("hall.notices")}, {"", cutText(p.Title, 20)}}
	return c.show(p)
}

// ExampleNotices are invented notices, always a few days old, so that the example shows running clocks.
type ExampleNotices struct{ Now func() time.Time }

// Notices are two of an invented authority.
func (e ExampleNotices) Notices(_ context.Context, at time.Time) ([]Notice, error) {
	day := time.Date(at.In(beijing()).Year(), at.In(beijing()).Month(), at.In(beijing()).Day(), 18, 0, 0, 0, beijing())
	return []Notice{
		{ID: "example-1", Kind: "publicity", Number: "示例公示〔1〕号", Index: "SL-0001", Published: day.AddDate(0, 0, -4).Add(-9 * time.Hour), Until: day.AddDate(0, 0, 3),
			Title:  Named{"（示例）企业购买科技成果转化后补助拟支持名单", "(Example) Proposed after-subsidies for enterprises that bought achievements"},
			Source: Named{"示例主办单位", "Example host"},
			Body: []Named{
				{"按照示例方案，对下列示例项目拟给予后补助，现予公示。公示期内，任何单位和个人可实名提出异议，并附证据。", "Under the example plan the example projects below are proposed for an after-subsidy. Until the last day anybody may object under their name, with evidence."},
				{"异议请写明项目名称、事实和依据。受理异议后，对有关项目暂停办理，核实后把结果告知提出人。", "An objection names the project, the facts and the grounds. The project is paused until the objection is examined, and the result is told to who raised it."},
			},
			Rows: []Row{
				{Named{"示例糖业有限公司", "Example sugar company"}, Named{"蔗渣制木糖工艺许可", "Licence of a bagasse-to-xylose process"}, 36_000_000},
				{Named{"示例铝业有限公司", "Example aluminium company"}, Named{"赤泥提钪技术转让", "Assignment of scandium extraction from red mud"}, 48_500_000},
			}},
		{ID: "example-2", Kind: "announcement", Number: "示例公告〔2〕号", Index: "SL-0002", Published: day.AddDate(0, 0, -11).Add(-9 * time.Hour),
			Title:  Named{"（示例）征集科技成果转化需求的公告", "(Example) Call for technology needs"},
			Source: Named{"示例主办单位", "Example host"},
			Body: []Named{
				{"现征集企业技术需求。写清要解决的问题、希望达到的指标、预算和期限即可，不必按格式填表。", "Enterprises are asked for their technology needs. The problem, the figures wanted, the budget and the deadline are enough; there is no form to fill in."},
				{"本平台首页可以直接写需求并查看匹配成果。", "The first page of this platform takes a need and shows the achievements that match."},
			}},
	}, nil
}
