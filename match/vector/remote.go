package vector

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zhuanhua"
)

// Remote is the encoder that asks a server with an OpenAI-compatible /v1/embeddings.
type Remote struct {
	opt   RemoteOptions
	url   string
	model Model
}

// RemoteOptions says how a Remote encoder reaches its server. BaseURL and Model have no defaults.
type RemoteOptions struct {
	BaseURL     string        // up to and including the version, such as "http://host:8000/v1"
	Model       string        // the model's name at the server
	Key         string        // sent as bearer token; may be empty
	Dim         int           // what dimension the vectors must have; 0 takes the server's
	Batch       int           // texts a request; 0 means 32
	Parallel    int           // requests at once; 0 means 4
	MaxRunes    int           // where longer texts are cut; 0 means 2,000
	Timeout     time.Duration // for one request; 0 means a minute
	Retries     int           // after the first try of a request; 0 means 4, below 0 none
	Wait        time.Duration // before the first retry, doubled each time; 0 means half a second
	QueryPrefix string        // put before every query, as some models want it
	Client      *http.Client  // nil means one of its own
}

const (
	maxReply = 256 << 20        // bytes of a reply that are read
	maxWait  = 60 * time.Second // between two tries, whatever the server asks for
)

// OpenRemote checks the options and asks the server for one vector, to learn the dimension and to
// fail now rather than later. Options that are wrong give an error of kind invalid, a server that
// does not answer one of kind unavailable.
func OpenRemote(ctx context.Context, opt RemoteOptions) (*Remote, error) {
	base, err := url.Parse(opt.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, zhuanhua.Invalid("", "the address of the embedding server is missing or no http address",
			"give it up to and including the version, such as http://host:8000/v1")
	}
	if opt.Model == "" {
		return nil, zhuanhua.Invalid("", "the name of the embedding model is missing", "give the name under which the server has it")
	}
	opt.Batch, opt.Parallel = positive(opt.Batch, 32), positive(opt.Parallel, 4)
	opt.MaxRunes = positive(opt.MaxRunes, 2000)
	opt.Timeout, opt.Wait = positive(opt.Timeout, time.Minute), positive(opt.Wait, time.Second/2)
	opt.Retries = cmp.Or(opt.Retries, 4)
	if opt.Client == nil {
		opt.Client = &http.Client{}
	}
	r := &Remote{opt: opt, url: strings.TrimRight(base.String(), "/") + "/embeddings"}
	vecs, err := r.request(ctx, []string{"试"})
	if err != nil {
		return nil, err
	}
	if opt.Dim != 0 && len(vecs[0]) != opt.Dim {
		return nil, zhuanhua.Invalid(opt.Model, fmt.Sprintf("the server's vectors have %d values, not %d", len(vecs[0]), opt.Dim),
			"correct the dimension or the model's name")
	}
	r.model = Model{Name: opt.Model, Dim: len(vecs[0]), Revision: r.revision(base.Host)}
	return r, nil
}

func positive[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// revision can only tell what is asked of whom: a server that changes its model under the same name
// is not noticed.
func (r *Remote) revision(host string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "remote\x00%s\x00%s\x00%s\x00%d", host, r.opt.Model, r.opt.QueryPrefix, r.opt.MaxRunes))
	return hex.EncodeToString(sum[:16])
}

// Model returns the name, revision and dimension.
func (r *Remote) Model() Model { return r.model }

// Close lets idle connections go.
func (r *Remote) Close() error {
	r.opt.Client.CloseIdleConnections()
	return nil
}

// Encode implements Encoder.
func (r *Remote) Encode(ctx context.Context, kind Kind, texts []string) ([][]float32, error) {
	vecs := make([][]float32, len(texts))
	var at []int
	var send []string
	for i, text := range texts {
		text = clean(text, r.opt.MaxRunes)
		if text == "" {
			vecs[i] = make([]float32, r.model.Dim)
			continue
		}
		if kind == KindQuery {
			text = r.opt.QueryPrefix + text
		}
		at, send = append(at, i), append(send, text)
	}
	batches := (len(send) + r.opt.Batch - 1) / r.opt.Batch
	err := parallel(ctx, r.opt.Parallel, batches, func(b int) error {
		from, to := b*r.opt.Batch, min(len(send), (b+1)*r.opt.Batch)
		got, err := r.request(ctx, send[from:to])
		if err != nil {
			return err
		}
		for i, v := range got {
			if len(v) != r.model.Dim {
				return dimError(len(v), r.model)
			}
			vecs[at[from+i]] = v
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return vecs, nil
}

// clean leaves out what is no text, which servers answer in different ways, and cuts the rest.
func clean(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r) {
			continue
		}
		if n++; n > limit {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// request asks for the vectors of one batch, again and again while that may help.
func (r *Remote) request(ctx context.Context, texts []string) ([][]float32, error) {
	body, err := json.Marshal(map[string]any{"model": r.opt.Model, "input": texts, "encoding_format": "float"})
	if err != nil {
		return nil, err
	}
	wait := r.opt.Wait
	for try := 0; ; try++ {
		vecs, after, err := r.once(ctx, body, len(texts))
		if err == nil {
			return vecs, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if after < 0 || try >= r.opt.Retries {
			return nil, zhuanhua.Unavailable(r.url, "the embedding server does not answer as it should",
				"check its address, the model's name and the key", err)
		}
		select {
		case <-time.After(min(max(wait, after), maxWait)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		wait *= 2
	}
}

// once sends one request. With an error it says how long the server wants to be left alone, or a
// negative time where trying again is of no use.
func (r *Remote) once(ctx context.Context, body []byte, n int) ([][]float32, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, r.opt.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return nil, -1, err
	}
	req.Header.Set("Content-Type", "application/json")
	if r.opt.Key != "" {
		req.Header.Set("Authorization", "Bearer "+r.opt.Key)
	}
	resp, err := r.opt.Client.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return nil, 0, err
	}
	if resp.StatusCode != http.StatusOK {
		after := time.Duration(-1)
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 {
			after = retryAfter(resp.Header.Get("Retry-After"))
		}
		return nil, after, fmt.Errorf("status %d: %s", resp.StatusCode, excerpt(reply))
	}
	vecs, err := readReply(reply, n)
	return vecs, -1, err
}

// retryAfter reads the header's two forms, seconds and a date.
func retryAfter(header string) time.Duration {
	if n, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(n, 0), 3600)) * time.Second
	}
	if t, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}

// excerpt makes the beginning of a reply fit for one line of a message.
func excerpt(reply []byte) string {
	return clean(strings.Join(strings.Fields(string(reply[:min(len(reply), 1000)])), " "), 200)
}

// readReply puts the vectors into the order of the texts, by the index that each carries.
func readReply(reply []byte, n int) ([][]float32, error) {
	var r struct {
		Data []struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(reply, &r); err != nil {
		return nil, fmt.Errorf("the reply is no list of vectors: %w", err)
	}
	if len(r.Data) != n {
		return nil, fmt.Errorf("%d vectors came for %d texts", len(r.Data), n)
	}
	vecs := make([][]float32, n)
	for _, d := range r.Data {
		if d.Index < 0 || d.Index >= n || vecs[d.Index] != nil {
			return nil, fmt.Errorf("the vectors' indexes are not those of the %d texts", n)
		}
		if len(d.Embedding) == 0 || !finite(d.Embedding) {
			return nil, fmt.Errorf("vector %d is empty or not of finite numbers", d.Index)
		}
		normalize(d.Embedding)
		vecs[d.Index] = d.Embedding
	}
	return vecs, nil
}

func finite(v []float32) bool {
	for _, x := range v {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return false
		}
	}
	return true
}
