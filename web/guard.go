package web

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"zhuanhua/web/assets"
	"zhuanhua/web/words"
)

// Bounds of what a browser may send.
const (
	maxBody = 1 << 20
	maxURL  = 8 << 10
)

// policy lets pages load from this site alone, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard is around everything: bounds, headers, the language of the address, compression.
func (s *Server) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		if r.TLS != nil || s.o.TrustProxy && r.Header.Get("X-Forwarded-Proto") == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if strings.HasPrefix(r.URL.Path, assets.Prefix) {
			next.ServeHTTP(w, r)
			return
		}
		r = translated(r)
		zip := newZipper(w, r)
		defer zip.Close()
		refuse := func(code int) {
			s.page(func(*call) error { return statusError(code) }).ServeHTTP(zip, r)
		}
		switch {
		case len(r.URL.RequestURI()) > maxURL:
			refuse(http.StatusRequestEntityTooLarge)
		case !readable(r):
			refuse(http.StatusBadRequest)
		case cross.Check(r) != nil:
			refuse(http.StatusForbidden)
		case r.Method == http.MethodPost && !formType(r):
			refuse(http.StatusUnsupportedMediaType)
		default:
			next.ServeHTTP(zip, r)
		}
	})
}

// readable reports whether the address is text as browsers write it.
func readable(r *http.Request) bool {
	if !utf8.ValidString(r.URL.Path) || strings.ContainsAny(r.URL.Path, "\x00\r\n") {
		return false
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return false
	}
	for k, values := range q {
		for _, v := range append(values, k) {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return false
			}
		}
	}
	return true
}

func formType(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return kind == "application/x-www-form-urlencoded" || kind == ""
}

// languageKey is where the language of the address stands in a request's context.
type languageKey struct{}

// translated takes the language off the address.
func translated(r *http.Request) *http.Request {
	rest, english := strings.CutPrefix(r.URL.Path, "/en/")
	if r.URL.Path == "/en" {
		rest, english = "", true
	}
	if !english {
		return r
	}
	r2 := r.Clone(context.WithValue(r.Context(), languageKey{}, words.EN))
	r2.URL.Path, r2.URL.RawPath = "/"+rest, ""
	return r2
}

func langOf(r *http.Request) words.Lang {
	if l, ok := r.Context().Value(languageKey{}).(words.Lang); ok {
		return l
	}
	return words.ZH
}

// Names of cookies. None of them says who somebody is but the session's.
const (
	themeCookie   = "theme"
	sizeCookie    = "size"
	sessionCookie = "session"
	formCookie    = "form"
)

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func (c *call) setCookie(name, value string, age time.Duration) {
	http.SetCookie(c.w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second), HttpOnly: true,
		Secure: c.secure(), SameSite: http.SameSiteLaxMode})
}

// theme is light, dark or auto; anything else that a cookie says is auto.
func (c *call) theme() string { return oneOf(cookie(c.r, themeCookie), "auto", "light", "dark") }

func (c *call) size() string { return oneOf(cookie(c.r, sizeCookie), "normal", "large", "xlarge") }

// oneOf is v where it is one of the choices, else the first of them.
func oneOf(v string, choices ...string) string {
	for _, c := range choices {
		if v == c {
			return v
		}
	}
	return choices[0]
}

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// faultNumber is a short number for a fault, "7F3K-22".
func faultNumber() string {
	h := strings.ToUpper(randomHex(3))
	return h[:4] + "-" + h[4:]
}

func itoa(n int) string { return strconv.Itoa(n) }

// client is the address that a request comes from.
func (c *call) client() string {
	if c.o.TrustProxy {
		list := strings.Split(c.r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(list[len(list)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr
	}
	return host
}

// limits bounds how often one address may do something that costs.
type limits struct {
	mu   sync.Mutex
	now  func() time.Time
	seen map[string]*allowance
}

type allowance struct {
	left float64
	at   time.Time
}

func newLimits(now func() time.Time) *limits { return &limits{now: now, seen: map[string]*allowance{}} }

// mostSeen is how many addresses are remembered; then all are forgotten.
const mostSeen = 50_000

// allow takes one from what an address has for a thing: so many at once, so many more a minute.
func (l *limits) allow(what, who string, burst, perMinute float64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if len(l.seen) > mostSeen {
		clear(l.seen)
	}
	key := what + " " + who
	a := l.seen[key]
	if a == nil {
		a = &allowance{burst, now}
		l.seen[key] = a
	}
	a.left = min(burst, a.left+now.Sub(a.at).Minutes()*perMinute)
	a.at = now
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}

// zippers are writers to use again: each has buffers of its own.
var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, 5) // the level is one that there is
	return z
}}

// zipper compresses what is worth it and what the browser takes.
type zipper struct {
	http.ResponseWriter
	takes   bool
	started bool
	zip     *gzip.Writer
}

func newZipper(w http.ResponseWriter, r *http.Request) *zipper {
	return &zipper{ResponseWriter: w, takes: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Method != http.MethodHead}
}

// WriteHeader decides, once the kind of the answer is known.
func (z *zipper) WriteHeader(code int) {
	if z.started {
		return
	}
	z.started = true
	h := z.Header()
	kind := h.Get("Content-Type")
	h.Add("Vary", "Accept-Encoding")
	if z.takes && code >= 200 && code != http.StatusNoContent && code != http.StatusNotModified && (strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "xml")) && !strings.Contains(kind, "spreadsheet") {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		z.zip = zippers.Get().(*gzip.Writer)
		z.zip.Reset(z.ResponseWriter)
	}
	z.ResponseWriter.WriteHeader(code)
}

// Write passes on, compressed or not.
func (z *zipper) Write(b []byte) (int, error) {
	if !z.started {
		if z.Header().Get("Content-Type") == "" {
			z.Header().Set("Content-Type", http.DetectContentType(b))
		}
		z.WriteHeader(http.StatusOK)
	}
	if z.zip != nil {
		return z.zip.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

// Unwrap lets the server reach the writer below.
func (z *zipper) Unwrap() http.ResponseWriter { return z.ResponseWriter }

// Close ends the compressed answer.
func (z *zipper) Close() {
	if z.zip != nil {
		_ = z.zip.Close() // the reader has gone away, or it is done
		zippers.Put(z.zip)
		z.zip = nil
	}
}
