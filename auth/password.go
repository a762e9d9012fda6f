package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"zhuanhua"
)

// Cost of a hash: 64 MB and one pass, above what OWASP asks for at least.
const (
	hashTime   = 1
	hashMemory = 64 << 10 // KiB
	hashLanes  = 2
	saltBytes  = 16
	keyBytes   = 32
)

// Bounds of what is typed.
const (
	MinPassword = 10 // characters
	maxPassword = 1024
	maxName     = 64
)

// nobody is the hash that a password is checked against where there is no such user: the same work, and
// no password fits.
var nobody = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes,
	base64.RawStdEncoding.EncodeToString(make([]byte, saltBytes)), base64.RawStdEncoding.EncodeToString(make([]byte, keyBytes)))

// NewUser makes a user with a password.
func NewUser(name, shown, password string, roles ...zhuanhua.Role) (User, error) {
	name = fold(name)
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError }) {
		return User{}, zhuanhua.Invalid("name", "a login name is 1 to 64 bytes without blanks", "choose another name")
	}
	h, err := Hash(name, password)
	return User{Name: name, Shown: shown, Roles: roles, Hash: h}, err
}

// Hash is a password as it is kept. One that is too short, too long or the name itself is refused.
func Hash(name, password string) (string, error) {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return "", zhuanhua.Invalid("password", fmt.Sprintf("the password has fewer than %d characters", MinPassword), "choose a longer one; a short sentence is good")
	case len(password) > maxPassword:
		return "", zhuanhua.Invalid("password", "the password is longer than 1024 bytes", "choose a shorter one")
	case strings.EqualFold(password, name):
		return "", zhuanhua.Invalid("password", "the password is the name", "choose another one")
	}
	return hash(password), nil
}

// hash makes the hash with a salt of its own.
func hash(password string) string {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashLanes, keyBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// verify reports whether a password is the one of a hash, which may have been made with other costs.
func verify(kept, password string) bool {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var version, memory, time, lanes int
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); err != nil {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || version != argon2.Version || len(key) != keyBytes ||
		memory < 8 || memory > 1<<20 || time < 1 || time > 20 || lanes < 1 || lanes > 16 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(lanes), uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1
}
