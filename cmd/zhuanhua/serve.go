package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/store"
)

const serveExamples = `  zhuanhua serve --examples
  zhuanhua serve --data data --addr 127.0.0.1:8080
  zhuanhua serve --database postgres://zhuanhua@db.example/zhuanhua --data data --trust-proxy
`

// server is the process that has the records open for writing. Commands of other processes come to it
// through a socket in the data directory.
type server struct {
	store  *store.Store
	index  *app.Index  // nil until it is open
	portal *portal     // nil: no pages
	clock  *timekeeper // nil: none
	mu     sync.Mutex
}

func (s *server) indexNow() *app.Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index
}

// saveEvery is how often the index is saved while it changes; what was not saved is made up for when
// it is opened again.
const saveEvery = time.Minute

func runServe(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "serve", "serve --data DIR | --database URL | --examples [flags]\n\nKeeps the records open for writing, shows the portal, keeps the index in step, does what periods of\ncases ask for when they end, and carries out the writing commands of other processes. One line on stdout says where the portal is once it is ready.\nSIGTERM or Ctrl-C stops it cleanly.", serveExamples)
	r := addRecordFlags(f)
	p := addPortalFlags(f)
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errUsage{fmt.Errorf("serve takes no arguments besides flags")}
	}
	if io.server != nil {
		return errUsage{fmt.Errorf("serve cannot be sent to a server")}
	}
	tidy, err := p.dataFor(r)
	if err != nil {
		return err
	}
	defer tidy()
	o, err := r.options(io)
	if err != nil {
		return err
	}
	enc, err := engine.optional(ctx, io)
	if err != nil {
		return err
	}
	defer closeEncoder(enc)
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	srv := &server{store: s}
	x := app.IndexOptions{Dir: indexDir(o.Dir), Encoder: enc, Write: true, Progress: progress(io, "语义编码"), Notice: notUsed(io)}
	// No file for the vectors of what visitors type: nothing of that is written down.
	if srv.portal, err = p.open(ctx, io, s, o.Dir); err == nil {
		a := app.New(s)
		srv.clock = newTimekeeper(a, a.Desk(srv.portal.plan), io.err)
		err = srv.run(ctx, io, o.Dir, x)
	}
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		fmt.Fprintln(io.err, "已停止 stopped")
	}
	return err
}

func indexDir(dir string) string { return filepath.Join(dir, "index") }

// run serves until the context ends.
func (s *server) run(ctx context.Context, io stdio, dir string, o app.IndexOptions) error {
	l, tidy, err := listen(dir)
	if err != nil {
		return err
	}
	defer tidy()
	fmt.Fprintf(io.err, "已就绪 ready: %s\n", dir)
	var wg sync.WaitGroup
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	wg.Go(func() {
		if err := s.follow(ctx, o); err != nil && ctx.Err() == nil {
			stop(err)
		}
	})
	if s.clock != nil {
		wg.Go(func() { s.clock.run(ctx) })
	}
	if s.portal != nil {
		wg.Go(func() {
			if err := s.portal.serve(ctx, io); err != nil {
				stop(err)
			}
		})
	}
	wg.Go(func() {
		<-ctx.Done()
		l.Close()
	})
	for {
		conn, err := l.Accept()
		if err != nil {
			break
		}
		wg.Go(func() { s.answer(ctx, conn) })
	}
	stop(nil)
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if x := s.indexNow(); x != nil {
		return errors.Join(s.portal.save(context.WithoutCancel(ctx)), x.Save())
	}
	return nil
}

// follow opens the index and keeps it, and what the portal lists, in step with the records.
func (s *server) follow(ctx context.Context, o app.IndexOptions) error {
	if err := s.portal.prepare(ctx, s.store, o); err != nil {
		return err
	}
	x, err := app.OpenIndex(ctx, s.store, o)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.index = x
	s.mu.Unlock()
	s.portal.use(x)
	if err := s.portal.save(ctx); err != nil {
		return err
	}
	saved := time.Now()
	return s.store.Work(ctx, func(ctx context.Context) error {
		if _, err := x.Update(ctx); err != nil {
			return err
		}
		if err := s.portal.refresh(ctx); err != nil {
			return err
		}
		if time.Since(saved) < saveEvery {
			return nil
		}
		saved = time.Now()
		return errors.Join(s.portal.save(ctx), x.Save())
	})
}

// request is a command line of another process.
type request struct {
	Command string   `json:"command"`
	Args    []string `json:"args"`
	Dir     string   `json:"dir"` // where that process is
}

// frame is a piece of what the command prints, or its exit code as the last.
type frame struct {
	Out  string `json:"out,omitempty"`
	Err  string `json:"err,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// maxRequest bounds a request: command lines are shorter.
const maxRequest = 4 << 20

// answer carries out one command. When the other process goes away the command is interrupted.
func (s *server) answer(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := bufio.NewScanner(conn)
	in.Buffer(nil, maxRequest)
	var req request
	if !in.Scan() || json.Unmarshal(in.Bytes(), &req) != nil {
		return
	}
	go func() {
		in.Scan() // nothing more comes, so this ends when the other side does
		cancel()
	}()
	w := &frameWriter{enc: json.NewEncoder(conn)}
	io := stdio{out: w.stream(false), err: w.stream(true), dir: req.Dir, server: s}
	code := exitUsage
	switch {
	case !forwarded(req.Command):
		fmt.Fprintf(io.err, "zhuanhua: the server does not carry out %q\n", req.Command)
	default:
		code = run(ctx, io, append([]string{req.Command}, req.Args...))
	}
	w.send(frame{Exit: &code})
}

// forwarded are the commands that a server takes from others.
func forwarded(command string) bool {
	switch command {
	case "import", "undo", "forget", "index", "user", "case", "register", "visit", "ledger":
		return true
	}
	return false
}

// frameWriter sends what a command prints.
type frameWriter struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func (w *frameWriter) send(f frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.enc.Encode(f) // one who has gone away is noticed by its closed connection
}

func (w *frameWriter) stream(isErr bool) frameStream { return frameStream{w, isErr} }

type frameStream struct {
	w     *frameWriter
	isErr bool
}

// Write sends b as a frame of its stream.
func (s frameStream) Write(b []byte) (int, error) {
	if s.isErr {
		s.w.send(frame{Err: string(b)})
	} else {
		s.w.send(frame{Out: string(b)})
	}
	return len(b), nil
}

// socketFile is where the server listens, in the data directory. Where that path is too long for a
// socket it is a link to one elsewhere.
const socketFile = "zhuanhua.sock"

// maxSocket is the longest path that every system takes for a socket.
const maxSocket = 100

// listen takes the socket. The caller holds the writer's lock, so one that is there is left over.
func listen(dir string) (net.Listener, func(), error) {
	path := filepath.Join(dir, socketFile)
	_ = os.Remove(path) // if it cannot be removed, listening fails and says so
	at, tidy := path, func() { _ = os.Remove(path) }
	if len(path) > maxSocket {
		tmp, err := os.MkdirTemp("", "zhuanhua-")
		if err == nil {
			at = filepath.Join(tmp, socketFile)
			err = os.Symlink(at, path)
		}
		if err != nil {
			return nil, nil, zhuanhua.Unavailable(path, "the socket for commands cannot be made", "name a data directory with a shorter path", err)
		}
		tidy = func() { _, _ = os.Remove(path), os.RemoveAll(tmp) }
	}
	l, err := net.Listen("unix", at)
	if err == nil {
		err = os.Chmod(at, 0o600)
	}
	if err != nil {
		tidy()
		return nil, nil, zhuanhua.Unavailable(path, "the socket for commands cannot be made", "check the permissions of the data directory", err)
	}
	return l, tidy, nil
}

// forward sends a command to the server that has the records open. there is false where none answers.
func forward(ctx context.Context, io stdio, dir, command string, args []string) (there bool, err error) {
	path := filepath.Join(dir, socketFile)
	if at, err := os.Readlink(path); err == nil {
		path = at
	}
	if len(path) > maxSocket+7 {
		return false, nil
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return false, nil // no server, or none that lives: opening the records will tell
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	here, err := os.Getwd()
	if err != nil {
		return true, zhuanhua.Unavailable("", "the current directory is not known", "change to one that is there", err)
	}
	if err := json.NewEncoder(conn).Encode(request{command, args, here}); err != nil {
		return true, lostServer(ctx, err)
	}
	dec := json.NewDecoder(conn)
	for {
		var fr frame
		if err := dec.Decode(&fr); err != nil {
			return true, lostServer(ctx, err)
		}
		fmt.Fprint(io.out, fr.Out)
		fmt.Fprint(io.err, fr.Err)
		switch {
		case fr.Exit == nil:
		case *fr.Exit == exitOK:
			return true, nil
		default:
			return true, errTold(*fr.Exit)
		}
	}
}

func lostServer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return zhuanhua.Unavailable("", "the server went away before it was done", "look what was recorded with zhuanhua undo --list, and run the command again", err)
}
