package vector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhuanhua"
)

func TestRemoteRefusesOptions(t *testing.T) {
	server := httptest.NewServer(embeddingServer(hashEmbed))
	defer server.Close()
	for name, opt := range map[string]RemoteOptions{
		"no address":      {Model: "m"},
		"no http address": {BaseURL: "ftp://x/v1", Model: "m"},
		"no model":        {BaseURL: server.URL + "/v1"},
		"wrong dimension": {BaseURL: server.URL + "/v1", Model: "m", Dim: 512},
	} {
		if _, err := OpenRemote(context.Background(), opt); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestRemoteTriesAgain lets the server fail before it answers.
func TestRemoteTriesAgain(t *testing.T) {
	var calls atomic.Int32
	good := embeddingServer(hashEmbed)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch calls.Add(1) {
		case 1:
			w.Header().Set("Retry-After", "0")
			http.Error(w, "slow down", http.StatusTooManyRequests)
		case 2:
			http.Error(w, "oh", http.StatusBadGateway)
		case 3:
			panic(http.ErrAbortHandler)
		default:
			if r.Header.Get("Authorization") != "Bearer secret" {
				http.Error(w, "who are you", http.StatusUnauthorized)
				return
			}
			good(w, r)
		}
	}))
	defer server.Close()
	opt := RemoteOptions{BaseURL: server.URL + "/v1", Model: "m", Key: "secret", Wait: time.Millisecond}
	if _, err := OpenRemote(context.Background(), opt); err != nil || calls.Load() != 4 {
		t.Errorf("error %v after %d calls", err, calls.Load())
	}
	opt.Key = "wrong"
	calls.Store(3)
	_, err := OpenRemote(context.Background(), opt)
	if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || calls.Load() != 4 || strings.Contains(err.Error(), "wrong") {
		t.Errorf("with a wrong key: error %v after %d calls", err, calls.Load()-3)
	}
}

// TestRemoteBadReplies gives up on replies that cannot be vectors of the texts.
func TestRemoteBadReplies(t *testing.T) {
	for name, reply := range map[string]string{
		"no JSON":       "<html>",
		"nothing":       `{}`,
		"too many":      `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}`,
		"wrong index":   `{"data":[{"index":5,"embedding":[1]}]}`,
		"empty vector":  `{"data":[{"index":0,"embedding":[]}]}`,
		"text for data": `{"data":[{"index":0,"embedding":"AAAA"}]}`,
		"out of range":  `{"data":[{"index":0,"embedding":[1e99]}]}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, reply) }))
		_, err := OpenRemote(context.Background(), RemoteOptions{BaseURL: server.URL, Model: "m"})
		if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
			t.Errorf("%s: error %v", name, err)
		}
		server.Close()
	}
}

// TestRemoteStops neither waits for a server that hangs nor longer than its caller wants.
func TestRemoteStops(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer server.Close()
	defer close(hang)
	opt := RemoteOptions{BaseURL: server.URL, Model: "m", Timeout: 20 * time.Millisecond, Retries: 1, Wait: time.Millisecond}
	if _, err := OpenRemote(context.Background(), opt); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	opt.Timeout = time.Minute
	if _, err := OpenRemote(ctx, opt); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{"": 0, "7": 7 * time.Second, "-3": 0, "soon": 0,
		"99999999": time.Hour, "Mon, 02 Jan 2006 15:04:05 GMT": 0} {
		if got := retryAfter(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	later := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
	if got := retryAfter(later); got < 50*time.Second || got > time.Minute {
		t.Errorf("a minute from now: %v", got)
	}
}
