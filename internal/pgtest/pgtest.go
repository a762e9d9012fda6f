// Package pgtest starts a PostgreSQL of its own for the tests of a package, on a free port of this
// machine, and gives each test an empty database. Where PostgreSQL is not installed the tests are skipped.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Stop ends the PostgreSQL, if a test started it; TestMain calls it after the tests.
func Stop() { server.halt() }

// server is the PostgreSQL of this test run; tests share it, each with a database of its own.
var server postgresServer

type postgresServer struct {
	once      sync.Once
	dir, port string
	err       error
	databases atomic.Int64
}

// as makes a command that runs as a user whom PostgreSQL lets start it: not root.
func as(dir, name string, args ...string) *exec.Cmd {
	if os.Getuid() == 0 {
		name, args = "runuser", append([]string{"-u", "postgres", "--", name}, args...)
	}
	c := exec.Command(name, args...)
	c.Dir = dir
	return c
}

var errNoPostgres = errors.New("PostgreSQL's initdb is not here; tools/postgres installs it")

func postgresBin() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errNoPostgres
}

func (p *postgresServer) start() {
	bin, err := postgresBin()
	if err != nil {
		p.err = err
		return
	}
	if p.dir, p.err = os.MkdirTemp("", "zhuanhua-postgres-"); p.err != nil {
		return
	}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			p.err = errNoPostgres
			return
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		os.Chown(p.dir, uid, gid)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.err = err
		return
	}
	p.port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	data := filepath.Join(p.dir, "data")
	if out, err := as(p.dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N").CombinedOutput(); err != nil {
		p.err = fmt.Errorf("initdb: %w: %s", err, out)
		return
	}
	options := fmt.Sprintf("-p %s -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200", p.port)
	if out, err := as(p.dir, filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-l", filepath.Join(p.dir, "log"), "-o", options, "start").CombinedOutput(); err != nil {
		p.err = fmt.Errorf("pg_ctl: %w: %s", err, out)
	}
}

func (p *postgresServer) halt() {
	if p.dir == "" {
		return
	}
	if bin, err := postgresBin(); err == nil {
		as(p.dir, filepath.Join(bin, "pg_ctl"), "-D", filepath.Join(p.dir, "data"), "-m", "immediate", "stop").Run()
	}
	os.RemoveAll(p.dir)
}

func (p *postgresServer) url(database string) string {
	return "postgres://test@127.0.0.1:" + p.port + "/" + database + "?sslmode=disable"
}

// Database makes an empty database and returns its address.
func Database(t testing.TB) string {
	t.Helper()
	return create(t, "template0")
}

// Copy makes a copy of a database that nobody is connected to, and returns its address.
func Copy(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return create(t, strings.TrimPrefix(u.Path, "/"))
}

func create(t testing.TB, template string) string {
	t.Helper()
	server.once.Do(server.start)
	if errors.Is(server.err, errNoPostgres) {
		t.Skip(server.err)
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	ctx := context.Background()
	c, err := pgx.Connect(ctx, server.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	name := fmt.Sprintf("t%d", server.databases.Add(1))
	if _, err := c.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	return server.url(name)
}
