package web_test

import (
	"os"
	"testing"
)

// keeper stands for all tests together: what is made under it lasts until they are done.
var keeper *mainTB

// mainTB is as much of a test as opening a portal needs.
type mainTB struct {
	testing.TB
	dirs    []string
	cleanup []func()
}

func (m *mainTB) Helper() {}

func (m *mainTB) Cleanup(f func()) { m.cleanup = append(m.cleanup, f) }

func (m *mainTB) TempDir() string {
	dir, err := os.MkdirTemp("", "portal")
	if err != nil {
		panic(err) // nothing can be tested without a folder
	}
	m.dirs = append(m.dirs, dir)
	return dir
}

func (m *mainTB) Fatal(args ...any) { panic(args) }

func TestMain(m *testing.M) {
	keeper = &mainTB{}
	code := m.Run()
	for i := len(keeper.cleanup) - 1; i >= 0; i-- {
		keeper.cleanup[i]()
	}
	for _, dir := range keeper.dirs {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}
