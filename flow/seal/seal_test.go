package seal

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"zhuanhua"
)

// named makes three officers with identities of their own.
func named(t *testing.T) (officers []Officer, secrets map[string]string) {
	t.Helper()
	secrets = map[string]string{}
	for _, user := range []string{"经办甲", "审核乙", "监督丙"} {
		secret, recipient, err := Identity()
		if err != nil {
			t.Fatal(err)
		}
		officers = append(officers, Officer{user, recipient})
		secrets[user] = secret
	}
	return officers, secrets
}

func drawn(t *testing.T) (zhuanhua.Seal, []Officer, map[string]string) {
	t.Helper()
	officers, secrets := named(t)
	s, err := Draw(officers)
	if err != nil {
		t.Fatal(err)
	}
	return s, officers, secrets
}

func text(s string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

// TestAnyTwoOpen: each pair of officers opens, in either order; nobody opens alone, also not by entering twice.
func TestAnyTwoOpen(t *testing.T) {
	for i := range Officers {
		for j := range Officers {
			t.Run(fmt.Sprintf("%d then %d", i, j), func(t *testing.T) {
				s, officers, secrets := drawn(t)
				s, key, err := Enter(s, officers[i].User, secrets[officers[i].User], officers)
				if err != nil || key != nil {
					t.Fatalf("the first officer gets key %v, error %v", key, err)
				}
				_, key, err = Enter(s, officers[j].User, secrets[officers[j].User], officers)
				if err != nil || (key != nil) != (i != j) {
					t.Fatalf("officer %d after %d: key %v, error %v", j, i, key, err)
				}
				if key != nil && key.identity.Recipient().String() != s.Recipient {
					t.Error("it is another key")
				}
			})
		}
	}
}

// TestOneAloneHoldsNothing: what one officer can read, with everything that is stored, lacks one of the three parts.
func TestOneAloneHoldsNothing(t *testing.T) {
	s, officers, secrets := drawn(t)
	for _, o := range officers {
		id, _ := age.ParseX25519Identity(secrets[o.User])
		var all [Officers][]byte
		for _, p := range s.Parts {
			x, err := read(p, id, s.Recipient)
			if err != nil {
				continue
			}
			for i, part := range x.Parts {
				if len(part) > 0 {
					all[i] = part
				}
			}
		}
		held := 0
		for _, p := range all {
			if len(p) > 0 {
				held++
			}
		}
		if held != Officers-1 {
			t.Errorf("%s alone reads %d of %d parts", o.User, held, Officers)
		}
	}
	stored := zhuanhua.CanonicalJSON(s)
	if strings.Contains(stored, "AGE-SECRET-KEY") {
		t.Error("what is stored holds a secret key")
	}
}

// TestPartsAreRandom: the parts of one secret are different each time, and each of them takes every value.
func TestPartsAreRandom(t *testing.T) {
	const n = 20_000
	secret := []byte("AGE-SECRET-KEY-")
	var counts [Officers][256]int
	for range n {
		parts := split(secret)
		for i, p := range parts {
			counts[i][p[0]]++
		}
		joined := bytes.Clone(parts[0])
		for _, p := range parts[1:] {
			for i, b := range p {
				joined[i] ^= b
			}
		}
		if !bytes.Equal(joined, secret) {
			t.Fatal("the parts do not make the secret")
		}
	}
	for i := range counts {
		for b, c := range counts[i] {
			// The mean is 78 with a spread of 9: seven spreads to either side.
			if c < 16 || c > 140 {
				t.Errorf("part %d is %d in %d of %d", i, b, c, n)
			}
		}
	}
}

// TestRefused: what cannot be entered is refused in words, and nothing changes.
func TestRefused(t *testing.T) {
	s, officers, secrets := drawn(t)
	stranger, _, _ := Identity()
	for name, x := range map[string]struct{ user, secret, want string }{
		"no identity":                {officers[0].User, "示例", "is no officer's identity"},
		"a stranger's identity":      {officers[0].User, stranger, "does not open"},
		"another officer's identity": {officers[0].User, secrets[officers[1].User], "does not open"},
		"who is not named":           {"无关丁", stranger, "holds no part"},
	} {
		got, key, err := Enter(s, x.user, x.secret, officers)
		if err == nil || !strings.Contains(err.Error(), x.want) || key != nil {
			t.Errorf("%s: error %v, want %q", name, err, x.want)
		}
		if len(got.Parts) != Officers {
			t.Errorf("%s: the seal was changed", name)
		}
	}
	other, _, _ := drawn(t)
	mixed := s
	mixed.Recipient = other.Recipient
	if _, _, err := Enter(mixed, officers[0].User, secrets[officers[0].User], officers); err == nil {
		t.Error("parts of another key are taken")
	}
}

// TestOfficersAreChecked: three different ones with keys of their own.
func TestOfficersAreChecked(t *testing.T) {
	officers, _ := named(t)
	same := append([]Officer(nil), officers...)
	same[2] = same[0]
	keyless := append([]Officer(nil), officers...)
	keyless[1].Recipient = ""
	shared := append([]Officer(nil), officers...)
	shared[1].Recipient = shared[0].Recipient
	for name, list := range map[string][]Officer{"two": officers[:2], "one twice": same, "one without a key": keyless, "two with one key": shared} {
		if _, err := Draw(list); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBid: what was sealed comes out, and only with the key.
func TestBid(t *testing.T) {
	s, officers, secrets := drawn(t)
	b := Bid{Values: map[string]string{"price_fen": "12300000", "plan": "示例方案：低温干燥"},
		Files: []File{{"plan_file", "方案.pdf", text("%PDF-1.7 示例")}, {"plan_file", "附表.csv", text("")}}}
	var cipher bytes.Buffer
	if err := Seal(&cipher, s.Recipient, b); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"12300000", "低温干燥", "方案", "PDF"} {
		if bytes.Contains(cipher.Bytes(), []byte(secret)) {
			t.Errorf("%q can be read in the ciphertext", secret)
		}
	}
	key := opened(t, s, officers, secrets)
	files := map[string]string{}
	values, err := key.Open(bytes.NewReader(cipher.Bytes()), 1<<20, func(f File, r io.Reader) error {
		data, err := io.ReadAll(r)
		files[f.Field+"/"+f.Name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if zhuanhua.CanonicalJSON(values) != zhuanhua.CanonicalJSON(b.Values) || files["plan_file/方案.pdf"] != "%PDF-1.7 示例" || len(files) != 2 {
		t.Errorf("out came %v %v", values, files)
	}
	other, officers, secrets := drawn(t)
	if _, err := opened(t, other, officers, secrets).Open(bytes.NewReader(cipher.Bytes()), 1<<20, nil); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Errorf("another challenge's key: %v", err)
	}
	broken := bytes.Clone(cipher.Bytes())
	broken[len(broken)/2] ^= 1
	if _, err := key.Open(bytes.NewReader(broken), 1<<20, nil); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Errorf("a damaged ciphertext: %v", err)
	}
}

func opened(t *testing.T, s zhuanhua.Seal, officers []Officer, secrets map[string]string) *Key {
	t.Helper()
	s, _, err := Enter(s, officers[2].User, secrets[officers[2].User], officers)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := Enter(s, officers[0].User, secrets[officers[0].User], officers)
	if err != nil || key == nil {
		t.Fatal(key, err)
	}
	return key
}

// TestHostileBids: a bid is made by its bidder, not only by this program.
func TestHostileBids(t *testing.T) {
	s, officers, secrets := drawn(t)
	key := opened(t, s, officers, secrets)
	values, _ := json.Marshal(map[string]string{})
	for name, files := range map[string]map[string]string{
		"no values":       {},
		"a way out":       {valuesName: string(values), "files/x/000/../../etc": "示例"},
		"another folder":  {valuesName: string(values), "keys/x/000/a": "示例"},
		"a large file":    {valuesName: string(values), "files/x/000/a": strings.Repeat("示", 1000)},
		"values not JSON": {valuesName: "示例"},
	} {
		var cipher bytes.Buffer
		r, _ := age.ParseX25519Recipient(s.Recipient)
		w, _ := age.Encrypt(&cipher, r)
		z := zip.NewWriter(w)
		for file, body := range files {
			f, _ := z.Create(file)
			io.WriteString(f, body)
		}
		if err := errors.Join(z.Close(), w.Close()); err != nil {
			t.Fatal(err)
		}
		_, err := key.Open(&cipher, 1000, func(_ File, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
		if zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []File{{"x", "../a", text("")}, {"x/y", "a", text("")}, {"", "a", text("")}, {"x", "", text("")}} {
		if err := Seal(io.Discard, s.Recipient, Bid{Files: []File{bad}}); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("the file %q of field %q is sealed: %v", bad.Name, bad.Field, err)
		}
	}
}
