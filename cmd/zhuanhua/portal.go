package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/auth"
	"zhuanhua/examples"
	"zhuanhua/plan"
	"zhuanhua/store"
	"zhuanhua/web"
)

// portalFlags are what serve is told about the pages.
type portalFlags struct {
	addr, plan, cert, key string
	examples, proxy       bool
}

func addPortalFlags(f *flag.FlagSet) *portalFlags {
	p := &portalFlags{}
	f.StringVar(&p.addr, "addr", "127.0.0.1:8080", "`HOST:PORT` of the portal; port 0 picks a free one")
	f.StringVar(&p.plan, "plan", "", "`DIR` of the action plan, or the id of an embedded one (default: "+defaultPlan+")")
	f.BoolVar(&p.examples, "examples", false, "load the invented example records where there are none; without --data into a folder that is removed at the end")
	f.StringVar(&p.cert, "tls-cert", "", "`FILE` of the certificate, to serve https")
	f.StringVar(&p.key, "tls-key", "", "`FILE` of its key")
	f.BoolVar(&p.proxy, "trust-proxy", false, "believe X-Forwarded-For and X-Forwarded-Proto: only behind a proxy of your own")
	return p
}

// dataFor names a folder for example records where none is named; tidy removes it.
func (p *portalFlags) dataFor(r *recordFlags) (tidy func(), err error) {
	if (p.cert == "") != (p.key == "") {
		return nil, errUsage{fmt.Errorf("--tls-cert and --tls-key belong together; name both or none")}
	}
	if !p.examples || r.named() {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "zhuanhua-examples-")
	if err != nil {
		return nil, zhuanhua.Unavailable(os.TempDir(), "no folder for the example records can be made", "name one with --data DIR", err)
	}
	r.data = dir
	return func() { _ = os.RemoveAll(dir) }, nil
}

// portal is the pages and what they are made of.
type portal struct {
	flags     *portalFlags
	plan      *plan.Pack
	web       http.Handler
	catalogue *app.Catalogue
	finder    *app.Finder
	listener  net.Listener
	ready     chan struct{} // closed once there is something to show
	once      sync.Once
	file      string // where the lists are kept from one start to the next
	first     string // link for the first administrator; "" none
	logins    []web.Login
	rehearsal bool // the records are a rehearsal, such as the examples
}

// open loads the examples, the plan and the users, and takes the port.
func (p *portalFlags) open(ctx context.Context, io stdio, s *store.Store, dir string) (*portal, error) {
	pack, err := (&planFlags{plan: p.plan}).load(io)
	if err != nil {
		return nil, err
	}
	a := app.New(s)
	if p.examples {
		if err := loadExamples(ctx, io, s, a.Desk(pack)); err != nil {
			return nil, err
		}
	}
	out := &portal{flags: p, plan: pack, catalogue: app.NewCatalogue(s), ready: make(chan struct{})}
	out.finder = app.NewFinder(out.catalogue)
	if out.rehearsal, err = a.Rehearsal(ctx); err != nil {
		return nil, err
	}
	o := web.Options{App: a, Desk: a.Desk(pack).Kept(), Catalogue: out.catalogue, Finder: out.finder, Pack: pack, TrustProxy: p.proxy, Log: slog.New(slog.NewTextHandler(io.err, nil))}
	if o.Site, err = siteOf(dir, p.examples); err != nil {
		return nil, err
	}
	if err := visitorFiles(&o, dir); err != nil {
		return nil, err
	}
	if out.listener, err = net.Listen("tcp", p.addr); err != nil {
		return nil, zhuanhua.Unavailable(p.addr, "this address cannot be listened at", "name a free one with --addr, such as 127.0.0.1:0", err)
	}
	if err := out.people(out.timed(ctx), &o, dir); err != nil {
		return nil, err
	}
	pages, err := web.New(o)
	out.web = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r.WithContext(out.timed(r.Context())))
	})
	return out, err
}

// timed gives a context the time that the records live in: what is served of a rehearsal goes on by the clock.
func (p *portal) timed(ctx context.Context) context.Context {
	if p == nil || !p.rehearsal || store.Rehearsed(ctx) {
		return ctx
	}
	return store.AtClock(ctx, time.Now)
}

// visitorFiles opens what visitors leave with the site: files of their own in the data directory, so that
// personal data can go, which the log of the records would keep.
func visitorFiles(o *web.Options, dir string) (err error) {
	if o.Enquiries, err = app.OpenEnquiries(filepath.Join(dir, "enquiries.jsonl"), o.Now); err != nil {
		return err
	}
	o.Favourites, err = app.OpenFavourites(filepath.Join(dir, "favourites.json"))
	return err
}

// siteFile, in the data directory, holds the names and numbers of an installation.
const siteFile = "site.json"

func siteOf(dir string, example bool) (web.Site, error) {
	site := web.ExampleSite()
	site.Example = example
	b, err := os.ReadFile(filepath.Join(dir, siteFile))
	if errors.Is(err, fs.ErrNotExist) {
		return site, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &site)
	}
	if err != nil {
		return site, zhuanhua.Unavailable(filepath.Join(dir, siteFile), "the site's names cannot be read", "write a JSON object with name, host, runner, number, icp, police, hotline, origin", err)
	}
	return site, nil
}

// exampleAge is how long before today the example records came in: the example casework speaks of them.
const exampleAge = 250 * 24 * time.Hour

// loadExamples records the invented achievements and needs and plays the invented casework, where nothing is
// recorded. It is a rehearsal: nothing of it is taken for real work.
func loadExamples(ctx context.Context, io stdio, s *store.Store, desk *app.Desk) error {
	info, err := s.Info(ctx)
	if err != nil || info.Events > 0 {
		return err
	}
	dir, err := os.MkdirTemp("", "zhuanhua-load-")
	if err != nil {
		return zhuanhua.Unavailable(os.TempDir(), "the example records cannot be unpacked", "check space and permissions", err)
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(dir, examples.Files); err != nil {
		return zhuanhua.Unavailable(dir, "the example records cannot be unpacked", "check space and permissions", err)
	}
	now := time.Now()
	files := []string{filepath.Join(dir, "needs.jsonl"), filepath.Join(dir, "achievements.jsonl")}
	if _, err = app.New(s).Import(store.At(ctx, now.Add(-exampleAge)), "示例", files, app.ImportOptions{Reason: "示例数据"}); err != nil {
		return err
	}
	script, err := os.Open(filepath.Join(dir, "casework.jsonl"))
	if err != nil {
		return zhuanhua.Unavailable(dir, "the example casework cannot be read", "check space and permissions", err)
	}
	defer script.Close()
	if err := desk.Play(ctx, script, now); err != nil { // such as under another plan, which has other registers
		fmt.Fprintf(io.err, "有示例办件未能办完 some example cases could not be played: %v\n", firstLine(err))
	}
	return nil
}

// firstLine is the first of several errors.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// examplePassword is that of every example login. They exist only on this machine, with invented data.
const examplePassword = "示例密码-shili"

// people says who can sign in. Example logins are users of the example casework; they exist only while it is
// served as such, and on loopback: their password is nowhere but in memory.
func (p *portal) people(ctx context.Context, o *web.Options, dir string) error {
	logins := &app.Logins{App: o.App, Passwords: passwordsIn(dir)}
	host, _, _ := net.SplitHostPort(p.listener.Addr().String())
	if ip := net.ParseIP(host); p.flags.examples && p.rehearsal && ip != nil && ip.IsLoopback() {
		hash, err := auth.Hash("", examplePassword)
		if err != nil {
			return err
		}
		logins.Examples = map[string]string{}
		for _, r := range zhuanhua.Roles() {
			if _, err := o.App.User(ctx, string(r)); zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
				continue // the casework of another plan has other people
			} else if err != nil {
				return err
			}
			logins.Examples[string(r)] = hash
			p.logins = append(p.logins, web.Login{Name: string(r), Password: examplePassword, Role: string(r)})
		}
	}
	o.Examples, o.Auth = p.logins, auth.NewDesk(logins, o.Now)
	var err error
	p.first, err = o.Auth.First(ctx)
	return err
}

// fewRecords is up to how many records an index of words is made in passing while the one with vectors
// takes its time.
const fewRecords = 20_000

// prepare makes what the first pages need: the lists, and a search by words where no index is saved yet.
func (p *portal) prepare(ctx context.Context, s *store.Store, o app.IndexOptions) error {
	if p == nil {
		return nil
	}
	p.file = filepath.Join(filepath.Dir(o.Dir), catalogueFile)
	if err := p.catalogue.Open(ctx, p.file); err != nil {
		return err
	}
	_, err := os.Stat(filepath.Join(o.Dir, "index.json"))
	saved := err == nil
	if !saved && o.Encoder != nil && p.catalogue.Len(zhuanhua.NounAchievement) <= fewRecords {
		words, err := app.OpenIndex(ctx, s, app.IndexOptions{})
		if err != nil {
			return err
		}
		p.finder.Use(words)
	}
	if !saved {
		p.once.Do(func() { close(p.ready) })
	}
	return nil
}

// use takes the index that was asked for.
func (p *portal) use(x *app.Index) {
	if p == nil {
		return
	}
	p.finder.Use(x)
	p.once.Do(func() { close(p.ready) })
}

// catalogueFile is where the lists are kept, in the data directory.
const catalogueFile = "catalogue.bin"

// save keeps the lists for the next start.
func (p *portal) save(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.catalogue.Save(ctx, p.file)
}

func (p *portal) refresh(ctx context.Context) error {
	if p == nil {
		return nil
	}
	return p.catalogue.Refresh(ctx)
}

// Bounds of a connection: who is slower is not reading.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	stopTime   = 10 * time.Second
	maxHeader  = 32 << 10
)

// serve answers browsers until the context ends.
func (p *portal) serve(ctx context.Context, io stdio) error {
	select {
	case <-p.ready:
	case <-ctx.Done():
		return p.listener.Close()
	}
	srv := &http.Server{Handler: p.web, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	failed := make(chan error, 1)
	go func() {
		if p.flags.cert != "" {
			failed <- srv.ServeTLS(p.listener, p.flags.cert, p.flags.key)
			return
		}
		failed <- srv.Serve(p.listener)
	}()
	p.tell(io)
	select {
	case err := <-failed:
		return zhuanhua.Unavailable(p.flags.addr, "the portal cannot be served", "check the certificate and its key", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return srv.Close()
	}
	return nil
}

// tell says where the portal is: one line on stdout, the rest beside it.
func (p *portal) tell(io stdio) {
	scheme := "http"
	if p.flags.cert != "" {
		scheme = "https"
	}
	at := p.listener.Addr().String()
	for _, l := range p.logins {
		fmt.Fprintf(io.err, "示例登录 example login: %-20s %s\n", l.Name, l.Password)
	}
	if p.first != "" {
		fmt.Fprintf(io.err, "还没有用户，用这个链接建立第一个管理员（只能用一次） no users yet, make the first administrator here, once: %s://%s/first/%s\n", scheme, fromHere(at), p.first)
	}
	fmt.Fprintf(io.out, "listening %s://%s\n", scheme, at)
}

// fromHere is an address that a browser of this machine can open: a server on all addresses listens at none by name.
func fromHere(addr string) string {
	if at, err := netip.ParseAddrPort(addr); err == nil && at.Addr().IsUnspecified() {
		return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), at.Port()).String()
	}
	return addr
}
