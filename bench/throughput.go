package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// throughput is what the product's own benchmark of the encoder says, in texts a second.
type throughput struct {
	ours, alone, batched float64
}

// measureThroughput runs BenchmarkEncode of match/vector, which has what it takes: the same session
// of ONNX Runtime with and without everything around it.
func measureThroughput(ctx context.Context, root string, passes int) (throughput, error) {
	var t throughput
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkEncode$/^int8$", "-benchtime", strconv.Itoa(passes)+"x", "-count", "1", "./match/vector")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return t, fmt.Errorf("go test: %w\n%s", err, out)
	}
	fields := strings.Fields(string(out))
	for i := 1; i < len(fields); i++ {
		value, err := strconv.ParseFloat(fields[i-1], 64)
		if err != nil {
			continue
		}
		switch fields[i] {
		case "ours-texts/s":
			t.ours = value
		case "ort-texts/s":
			t.alone = value
		case "ort-batch16-texts/s":
			t.batched = value
		}
	}
	if t.ours == 0 || t.alone == 0 {
		return t, fmt.Errorf("the benchmark of the encoder gave no figures (are the parts there? run tools/fetch-parts):\n%s", out)
	}
	return t, nil
}

func (t throughput) String() string {
	return fmt.Sprintf("%.1f texts/s from text to vector; ONNX Runtime alone %.1f (a text at a time) and %.1f (padded batches of 16); ratio %.3f to the former, %.3f to the faster of the two (wanted: at least 0.85)",
		t.ours, t.alone, t.batched, t.ours/t.alone, t.ours/max(t.alone, t.batched))
}
