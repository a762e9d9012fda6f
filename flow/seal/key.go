package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"zhuanhua"
)

// Officers is how many officers hold parts of a key; any two of them open.
const Officers = 3

// Officer is who holds parts: a user, and the age recipient that the parts are encrypted to.
type Officer struct {
	User      string
	Recipient string
}

// Key opens the bids of one challenge. It lives in memory only.
type Key struct{ identity *age.X25519Identity }

// share is two of the three parts of a key, as its officer reads them.
type share struct {
	Recipient string    `json:"recipient"` // of the key that the parts are of
	Parts     [3][]byte `json:"parts"`     // one of them is empty
}

// Identity makes an officer's own identity: the text to be kept by the officer alone, and the recipient
// that the server may know.
func Identity() (secret, recipient string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", &zhuanhua.Error{Kind: zhuanhua.KindInternal, What: "no key can be made", Err: err}
	}
	return id.String(), id.Recipient().String(), nil
}

// Draw draws the key of a challenge. What it returns holds the recipient for bids and the encrypted parts;
// the key itself is forgotten.
func Draw(officers []Officer) (zhuanhua.Seal, error) {
	if err := checkOfficers(officers); err != nil {
		return zhuanhua.Seal{}, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return zhuanhua.Seal{}, &zhuanhua.Error{Kind: zhuanhua.KindInternal, What: "no key can be drawn", Err: err}
	}
	s := zhuanhua.Seal{Recipient: id.Recipient().String()}
	parts := split([]byte(id.String()))
	for i, o := range officers {
		own := share{Recipient: s.Recipient}
		own.Parts[i], own.Parts[(i+1)%Officers] = parts[i], parts[(i+1)%Officers]
		p, err := own.to(o.User, o)
		if err != nil {
			return zhuanhua.Seal{}, err
		}
		s.Parts = append(s.Parts, p)
	}
	return s, nil
}

func checkOfficers(officers []Officer) error {
	if len(officers) != Officers {
		return zhuanhua.Invalid("officers", fmt.Sprintf("开标密钥须由 %d 名指定人员分持，现有 %d 名 (the key is held by %d named officers, %d are named)", Officers, len(officers), Officers, len(officers)),
			"指定三名人员 (name three)")
	}
	seen := map[string]bool{}
	for _, o := range officers {
		if seen[o.User] || seen[o.Recipient] {
			return zhuanhua.Invalid("officers", o.User+" 重复 (is named twice, or has the same key as another)", "指定三名不同的人员，各用各的密钥 (name three different officers with keys of their own)")
		}
		seen[o.User], seen[o.Recipient] = true, true
		if _, err := age.ParseX25519Recipient(o.Recipient); err != nil {
			return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: o.User, What: "没有个人密钥 (has no key of their own yet)",
				Do: "先运行 zhuanhua user key (run zhuanhua user key first)", Err: err}
		}
	}
	return nil
}

// split makes three parts of a secret whose exclusive or is the secret; any two of them tell nothing of it.
func split(secret []byte) (parts [Officers][]byte) {
	last := bytes.Clone(secret)
	for i := range Officers - 1 {
		parts[i] = make([]byte, len(secret))
		rand.Read(parts[i]) // never fails: crypto/rand crashes the program instead
		for j, b := range parts[i] {
			last[j] ^= b
		}
	}
	parts[Officers-1] = last
	return parts
}

// to encrypts a share of one officer to an officer.
func (s share) to(of string, o Officer) (zhuanhua.SealedPart, error) {
	r, err := age.ParseX25519Recipient(o.Recipient)
	if err != nil {
		return zhuanhua.SealedPart{}, &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: o.User, What: "个人密钥无效 (the officer's recipient is none)",
			Do: "重新登记个人密钥 (register it again)", Err: err}
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err == nil {
		_, err = io.WriteString(w, zhuanhua.CanonicalJSON(s))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return zhuanhua.SealedPart{}, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: o.User, What: "the part cannot be encrypted", Err: err}
	}
	return zhuanhua.SealedPart{Of: of, For: o.User, Cipher: base64.StdEncoding.EncodeToString(b.Bytes())}, nil
}

// Enter takes an officer's identity. With another officer's parts handed over already it returns the key;
// otherwise it returns the seal with this officer's parts handed over to the others, and no key.
func Enter(s zhuanhua.Seal, user, secret string, officers []Officer) (zhuanhua.Seal, *Key, error) {
	id, err := age.ParseX25519Identity(strings.TrimSpace(secret))
	if err != nil {
		return s, nil, zhuanhua.Invalid(user, "这不是个人密钥 (this is no officer's identity)", "使用 zhuanhua user key 生成的文件 (use the file that zhuanhua user key made)")
	}
	var own share
	var all [Officers][]byte
	for _, p := range s.Parts {
		if p.For != user {
			continue
		}
		x, err := read(p, id, s.Recipient)
		if err != nil {
			return s, nil, err
		}
		if p.Of == user {
			own = x
		}
		for i, part := range x.Parts {
			if len(part) > 0 {
				all[i] = part
			}
		}
	}
	if own.Recipient == "" {
		return s, nil, &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: user, What: "不是开标密钥的持有人 (holds no part of this key)", Do: "由指定人员录入 (let a named officer enter theirs)"}
	}
	if key, err := join(all, s.Recipient); key != nil || err != nil {
		return s, key, err
	}
	return own.handOver(s, user, officers)
}

// read decrypts a part with an officer's identity.
func read(p zhuanhua.SealedPart, id age.Identity, recipient string) (share, error) {
	wrong := func(err error) error {
		return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: p.For, What: "个人密钥与登记的不符 (this identity does not open the officer's parts)",
			Do: "使用发榜时登记的个人密钥文件 (use the identity whose recipient was registered when the challenge was posted)", Err: err}
	}
	cipher, err := base64.StdEncoding.DecodeString(p.Cipher)
	if err != nil {
		return share{}, wrong(err)
	}
	r, err := age.Decrypt(bytes.NewReader(cipher), id)
	if err != nil {
		return share{}, wrong(err)
	}
	var s share
	if err := json.NewDecoder(r).Decode(&s); err != nil {
		return share{}, wrong(err)
	}
	if s.Recipient != recipient {
		return share{}, wrong(fmt.Errorf("the parts are of another key"))
	}
	return s, nil
}

// join puts the parts together, nil while one is missing.
func join(parts [Officers][]byte, recipient string) (*Key, error) {
	for _, p := range parts {
		if len(p) == 0 || len(p) != len(parts[0]) {
			return nil, nil
		}
	}
	secret := bytes.Clone(parts[0])
	for _, p := range parts[1:] {
		for i, b := range p {
			secret[i] ^= b
		}
	}
	id, err := age.ParseX25519Identity(string(secret))
	if err != nil || id.Recipient().String() != recipient {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindInternal, What: "分持的密钥拼不成开标密钥 (the parts do not make the key of this challenge)",
			Do: "由第三名持有人录入 (let the third officer enter theirs)", Err: err}
	}
	return &Key{id}, nil
}

// handOver encrypts an officer's share to the others.
func (s share) handOver(seal zhuanhua.Seal, user string, officers []Officer) (zhuanhua.Seal, *Key, error) {
	out := seal
	out.Parts = nil
	for _, p := range seal.Parts {
		if p.Of != user || p.For == user {
			out.Parts = append(out.Parts, p)
		}
	}
	for _, o := range officers {
		if o.User == user {
			continue
		}
		p, err := s.to(user, o)
		if err != nil {
			return seal, nil, err
		}
		out.Parts = append(out.Parts, p)
	}
	return out, nil, nil
}
