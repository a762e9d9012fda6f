package vector

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"zhuanhua/match/vector/parts"
)

// TestEncoders holds every encoder to what Encoder promises.
func TestEncoders(t *testing.T) {
	t.Run("local", func(t *testing.T) { testEncoder(t, testLocal(t, parts.Model)) })
	t.Run("remote", func(t *testing.T) {
		server := httptest.NewServer(embeddingServer(hashEmbed))
		t.Cleanup(server.Close)
		testEncoder(t, openRemote(t, server.URL))
	})
	t.Run("remote of local", func(t *testing.T) {
		local := testLocal(t, parts.Model)
		server := httptest.NewServer(embeddingServer(func(text string) []float32 {
			v, err := local.Encode(context.Background(), KindPassage, []string{text})
			if err != nil {
				t.Error(err)
				return nil
			}
			return v[0]
		}))
		t.Cleanup(server.Close)
		testEncoder(t, openRemote(t, server.URL))
	})
}

func testEncoder(t *testing.T, enc Encoder) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Encoder)
	}{
		{"shape", testShape}, {"batch", testBatch}, {"odd texts", testOddTexts}, {"meaning", testMeaning},
		{"concurrent", testConcurrent}, {"cancelled", testCancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, enc) })
	}
}

func encode(t testing.TB, enc Encoder, texts ...string) [][]float32 {
	t.Helper()
	vecs, err := enc.Encode(context.Background(), KindPassage, texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(vecs) != len(texts) {
		t.Fatalf("%d vectors for %d texts", len(vecs), len(texts))
	}
	return vecs
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

func testShape(t *testing.T, enc Encoder) {
	m := enc.Model()
	if m.Name == "" || m.Revision == "" || m.Dim < 2 {
		t.Errorf("model %+v", m)
	}
	for i, v := range encode(t, enc, abstracts(20, 5)...) {
		if len(v) != m.Dim {
			t.Fatalf("vector %d has %d values, not %d", i, len(v), m.Dim)
		}
		if self := cosine(v, v); math.Abs(self-1) > 1e-5 || math.Abs(length(v)-1) > 1e-4 {
			t.Errorf("vector %d has length %v", i, length(v))
		}
	}
	encode(t, enc) // no texts at all
}

func length(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// testBatch wants the vector of a text to be the same alone and in whatever company and order.
func testBatch(t *testing.T, enc Encoder) {
	texts := append(abstracts(70, 6), "铝", "LED", abstracts(1, 9)[0]+strings.Join(abstracts(4, 9), ""))
	together := encode(t, enc, texts...)
	backwards := slices.Clone(texts)
	slices.Reverse(backwards)
	again := encode(t, enc, backwards...)
	for i, text := range texts {
		if c := cosine(together[i], again[len(texts)-1-i]); c < 0.999 {
			t.Errorf("text %d changes with its place: cosine %v", i, c)
		}
		if i%7 != 0 && i < 70 {
			continue
		}
		if c := cosine(together[i], encode(t, enc, text)[0]); c < 0.999 {
			t.Errorf("text %d changes with its company: cosine %v", i, c)
		}
	}
}

func testOddTexts(t *testing.T, enc Encoder) {
	sound := "一种高纯度石墨烯的制备方法"
	texts := []string{"", " \n\t ", "\x00\x01\x02", "\xff\xfe", sound, "\x00一种高\x07纯度石墨烯\x7f的\xff制备方法",
		strings.Repeat("甘蔗渣制备生物质燃料。", 20_000), strings.Repeat("a", 100_000), "，。；！", "👨‍👩‍👧‍👦"}
	vecs := encode(t, enc, texts...)
	for i, v := range vecs {
		if len(v) != enc.Model().Dim || i < 4 && length(v) != 0 || i >= 4 && math.Abs(length(v)-1) > 1e-4 {
			t.Errorf("%.20q: %d values of length %v", texts[i], len(v), length(v))
		}
	}
	if c := cosine(vecs[4], vecs[5]); c < 0.999 {
		t.Errorf("control characters and stray bytes count: cosine %v", c)
	}
	query, err := enc.Encode(context.Background(), KindQuery, []string{"", sound})
	if err != nil || length(query[0]) != 0 || math.Abs(length(query[1])-1) > 1e-4 {
		t.Errorf("as queries: %v, %v", query, err)
	}
}

func testMeaning(t *testing.T, enc Encoder) {
	for _, c := range [][3]string{
		{"石墨烯的制备方法", "一种制备石墨烯的新方法", "水稻病虫害防治技术"},
		{"甘蔗收割机的智能控制", "甘蔗收获机械的控制系统", "海水养殖牡蛎育苗"},
		{"动力电池回收与梯次利用", "退役动力电池的回收利用", "罗汉果甜苷的提取"},
	} {
		v := encode(t, enc, c[:]...)
		if near, far := cosine(v[0], v[1]), cosine(v[0], v[2]); near <= far {
			t.Errorf("%s is nearer to %s (%.3f) than to %s (%.3f)", c[0], c[2], far, c[1], near)
		}
	}
}

func testConcurrent(t *testing.T, enc Encoder) {
	texts := abstracts(24, 7)
	want := encode(t, enc, texts...)
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			mine := texts[g*4 : g*4+4]
			got, err := enc.Encode(context.Background(), KindPassage, mine)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range mine {
				if c := cosine(got[i], want[g*4+i]); c < 0.999 {
					t.Errorf("text %d: cosine %v", g*4+i, c)
				}
			}
		})
	}
	wg.Wait()
}

func testCancelled(t *testing.T, enc Encoder) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := enc.Encode(ctx, KindPassage, abstracts(3, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	encode(t, enc, "still in order afterwards")
}

// hashEmbed makes vectors that are alike for texts that share characters and pairs of them.
func hashEmbed(text string) []float32 {
	v := make([]float32, 96)
	prev := ""
	for _, r := range text {
		for _, gram := range []string{string(r), prev + string(r)} {
			h := fnv.New64a()
			h.Write([]byte(gram))
			sum := h.Sum64()
			v[sum%96] += float32(int(sum>>60&1)*2-1) * float32(len(gram))
		}
		prev = string(r)
	}
	v[0] += 0.001 // no text is without direction
	return v
}

// embeddingServer answers as an OpenAI-compatible server does, its vectors in no useful order.
func embeddingServer(embed func(string) []float32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var req struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil || req.Model == "" || r.URL.Path != "/v1/embeddings" {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		type item struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		data := []item{}
		for i, text := range req.Input {
			data = append(data, item{i, embed(text)})
		}
		slices.Reverse(data)
		json.NewEncoder(w).Encode(map[string]any{"data": data})
	}
}

func openRemote(t *testing.T, url string) *Remote {
	r, err := OpenRemote(context.Background(), RemoteOptions{BaseURL: url + "/v1/", Model: "hash", Batch: 16})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
