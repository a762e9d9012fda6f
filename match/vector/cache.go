package vector

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"

	"zhuanhua"
)

// Cache remembers the vectors of one model by their texts, in a file where it has a folder and in
// memory besides or else. The file only grows: a record is a key of keySize bytes, a scale, the
// values and a checksum, so that whatever interrupts the writing costs the last record at most.
//
// A second process that opens the same cache reads what is there and keeps what it adds to itself.
// A cache may be used from many goroutines.
type Cache struct {
	model   Model
	mu      sync.RWMutex
	file    *os.File // nil: memory only
	writing bool     // whether new vectors go to the file
	end     int64    // where the next record goes
	records map[cacheKey]int64
	memory  map[cacheKey]Vec
	trouble error
}

const keySize = 16

type cacheKey [keySize]byte

// cacheMagic begins the file; the rest of the header is the model's fingerprint.
const cacheMagic = "zhvecca1"

const cacheHeader = len(cacheMagic) + sha256.Size

// OpenCache opens the cache of a model in a folder, which is made if need be; an empty name gives a
// cache in memory. It always gives a usable cache: what stands against writing to the folder is
// told by Trouble.
func OpenCache(dir string, model Model) *Cache {
	c := &Cache{model: model, records: map[cacheKey]int64{}, memory: map[cacheKey]Vec{}}
	if dir == "" {
		return c
	}
	if err := c.open(dir); err != nil {
		c.trouble = zhuanhua.Unavailable(dir, "vectors cannot be kept for the next time", "check the folder's permissions and free space", err)
	}
	return c
}

func (c *Cache) fingerprint() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", c.model.Revision, c.model.Dim))
}

// open opens or makes the file and reads its keys. One that cannot be written is still read.
func (c *Cache) open(dir string) error {
	sum := c.fingerprint()
	path := filepath.Join(dir, fmt.Sprintf("vectors-%x.bin", sum[:8]))
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		c.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if c.file == nil {
		f, readErr := os.Open(path)
		if readErr != nil {
			return err
		}
		c.file = f
		return c.scan()
	}
	if c.writing = lock(c.file); !c.writing {
		c.trouble = zhuanhua.Unavailable(dir, "another process is writing to the cache of vectors", "", nil)
	}
	return c.scan()
}

func (c *Cache) recordSize() int64 { return int64(keySize + 4 + c.model.Dim + 4) }

// scan reads the keys of all sound records and, if this process writes, cuts off a torn tail.
func (c *Cache) scan() error {
	sum := c.fingerprint()
	header := append([]byte(cacheMagic), sum[:]...)
	got := make([]byte, cacheHeader)
	n, err := io.ReadFull(io.NewSectionReader(c.file, 0, int64(cacheHeader)), got)
	if err != nil || string(got) != string(header) {
		c.end = 0
		if n > 0 && c.writing {
			c.trouble = zhuanhua.Unavailable(c.file.Name(), "the cache of vectors was damaged and is made anew", "", nil)
		}
		return c.begin(header)
	}
	c.end = int64(cacheHeader)
	return c.scanRecords()
}

// begin starts an empty file.
func (c *Cache) begin(header []byte) error {
	if !c.writing {
		return nil
	}
	if err := c.file.Truncate(0); err != nil {
		return c.stop(err)
	}
	if _, err := c.file.WriteAt(header, 0); err != nil {
		return c.stop(err)
	}
	c.end = int64(len(header))
	return nil
}

func (c *Cache) scanRecords() error {
	size := c.recordSize()
	info, err := c.file.Stat()
	if err != nil {
		return c.stop(err)
	}
	buf := make([]byte, 1024*size)
	for c.end+size <= info.Size() {
		part := buf[:min(int64(len(buf)), (info.Size()-c.end)/size*size)]
		if _, err := c.file.ReadAt(part, c.end); err != nil {
			return c.stop(err)
		}
		for ; len(part) > 0; part = part[size:] {
			if key, _, ok := c.decode(part[:size]); ok {
				c.records[key] = c.end
			}
			c.end += size
		}
	}
	if c.writing && c.end < info.Size() {
		if err := c.file.Truncate(c.end); err != nil {
			return c.stop(err)
		}
	}
	return nil
}

// stop ends writing to the file.
func (c *Cache) stop(err error) error {
	c.writing = false
	return err
}

// Trouble says, in one sentence for people, why vectors are not kept for the next time; nil if they are.
func (c *Cache) Trouble() error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.trouble
}

// Model returns the model whose vectors are kept.
func (c *Cache) Model() Model { return c.model }

// Len returns the number of vectors.
func (c *Cache) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.records) + len(c.memory)
}

// key is the place of a text. The model is in it too, although each has its own file, so that no
// mix-up of files can give wrong vectors.
func (c *Cache) key(kind Kind, text string) cacheKey {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%d\x00", c.model.Revision, kind)
	io.WriteString(h, text)
	var key cacheKey
	copy(key[:], h.Sum(nil))
	return key
}

// get returns the vector of a key.
func (c *Cache) get(key cacheKey) (Vec, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.memory[key]; ok {
		return v, true
	}
	at, ok := c.records[key]
	if !ok || c.file == nil {
		return Vec{}, false
	}
	b := make([]byte, c.recordSize())
	if _, err := c.file.ReadAt(b, at); err != nil {
		return Vec{}, false
	}
	got, v, ok := c.decode(b)
	return v, ok && got == key
}

// put adds vectors, in one write. Where the file does not take them they stay in memory, as do all
// after them.
func (c *Cache) put(keys []cacheKey, vecs []Vec) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing {
		b := make([]byte, 0, int64(len(keys))*c.recordSize())
		for i, key := range keys {
			b = encodeRecord(b, key, vecs[i])
		}
		_, err := c.file.WriteAt(b, c.end)
		if err == nil {
			for i, key := range keys {
				c.records[key] = c.end + int64(i)*c.recordSize()
			}
			c.end += int64(len(b))
			return
		}
		// Half a record must not stay in the way of the next process.
		_ = c.file.Truncate(c.end)
		c.trouble = zhuanhua.Unavailable(c.file.Name(), "vectors can no longer be kept for the next time and stay in memory",
			"free some space on the disk", c.stop(err))
	}
	for i, key := range keys {
		c.memory[key] = vecs[i]
	}
}

func encodeRecord(b []byte, key cacheKey, v Vec) []byte {
	start := len(b)
	b = append(b, key[:]...)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v.Scale))
	for _, q := range v.Q {
		b = append(b, byte(q))
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// decode reads a record and says whether it is sound.
func (c *Cache) decode(b []byte) (cacheKey, Vec, bool) {
	body := b[:len(b)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return cacheKey{}, Vec{}, false
	}
	v := Vec{Scale: math.Float32frombits(binary.LittleEndian.Uint32(body[keySize:])), Q: make([]int8, c.model.Dim)}
	for i, q := range body[keySize+4:] {
		v.Q[i] = int8(q)
	}
	return cacheKey(body[:keySize]), v, true
}

// Close closes the file and lets another process write to it.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		return nil
	}
	err := c.file.Close()
	c.file, c.writing = nil, false
	clear(c.records)
	return err
}
