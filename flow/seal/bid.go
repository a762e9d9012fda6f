package seal

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"filippo.io/age"

	"zhuanhua"
)

// Bid is what is submitted: the fields of the form, and files.
type Bid struct {
	Values map[string]string
	Files  []File
}

// File is one file of a bid.
type File struct {
	Field string // of the form
	Name  string // as its giver called it
	Open  func() (io.ReadCloser, error)
}

// The names within a sealed bid.
const (
	valuesName = "values.json"
	filesDir   = "files"
)

// maxFields and maxFiles bound what is opened: a bid comes from outside.
const (
	maxValues = 4 << 20 // bytes of values.json
	maxFiles  = 200
)

// Seal encrypts a bid to a challenge's recipient and writes the ciphertext. Nothing of the bid is written
// anywhere in the clear.
func Seal(w io.Writer, recipient string, b Bid) error {
	r, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: "recipient", What: "榜单没有投递密钥 (the challenge has no key for bids)", Do: "发榜时由指定人员生成 (it is drawn when the challenge is posted)", Err: err}
	}
	if len(b.Files) > maxFiles {
		return zhuanhua.Invalid("files", fmt.Sprintf("附件多于 %d 个 (more than %d files)", maxFiles, maxFiles), "合并附件 (put some together)")
	}
	sealed, err := age.Encrypt(w, r)
	if err != nil {
		return sealError(err)
	}
	z := zip.NewWriter(sealed)
	if err := b.write(z); err != nil {
		return err
	}
	return sealError(errors.Join(z.Close(), sealed.Close()))
}

func (b Bid) write(z *zip.Writer) error {
	f, err := z.Create(valuesName)
	if err == nil {
		_, err = io.WriteString(f, zhuanhua.CanonicalJSON(b.Values))
	}
	if err != nil {
		return sealError(err)
	}
	for i, file := range b.Files {
		if err := file.write(z, i); err != nil {
			return err
		}
	}
	return nil
}

// write copies a file in, under a name that cannot leave its folder.
func (f File) write(z *zip.Writer, n int) error {
	if path.Base(f.Name) != f.Name || zhuanhua.CheckID(f.Name) != "" || f.Name == ".." || f.Field == "" || strings.Contains(f.Field, "/") {
		return zhuanhua.Invalid(f.Field, fmt.Sprintf("%q 不是文件名 (is no name of a file)", f.Name), "只写文件名，不写文件夹 (give the file's own name without folders)")
	}
	r, err := f.Open()
	if err != nil {
		return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: f.Name, What: "附件无法读取 (the file cannot be read)", Do: "检查文件 (check the file)", Err: err}
	}
	defer r.Close()
	w, err := z.Create(fmt.Sprintf("%s/%s/%03d/%s", filesDir, f.Field, n, f.Name))
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return sealError(err)
}

func sealError(err error) error {
	if err == nil {
		return nil
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindUnavailable, What: "投标文件无法加密 (the bid cannot be sealed)", Do: "重试 (try again)", Err: err}
}

// Open decrypts a bid. The files are read while keep runs: keep takes each in turn. limit bounds the bytes
// of one file.
func (k *Key) Open(cipher io.Reader, limit int64, keep func(f File, r io.Reader) error) (map[string]string, error) {
	r, err := age.Decrypt(cipher, k.identity)
	if err != nil {
		return nil, openError(err)
	}
	// A zip is read from its end: the plaintext goes to a file that has no name and is gone with the process.
	tmp, err := os.CreateTemp("", "zhuanhua-bid-")
	if err != nil {
		return nil, openError(err)
	}
	defer tmp.Close()
	if err := os.Remove(tmp.Name()); err != nil {
		return nil, openError(err)
	}
	size, err := io.Copy(tmp, r)
	if err != nil {
		return nil, openError(err)
	}
	z, err := zip.NewReader(tmp, size)
	if err != nil {
		return nil, openError(err)
	}
	return readBid(z, limit, keep)
}

func readBid(z *zip.Reader, limit int64, keep func(f File, r io.Reader) error) (map[string]string, error) {
	if len(z.File) > maxFiles+1 {
		return nil, openError(fmt.Errorf("more than %d files", maxFiles))
	}
	var values map[string]string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, openError(err)
		}
		if f.Name == valuesName {
			values, err = readValues(r)
		} else {
			err = readFile(f, &io.LimitedReader{R: r, N: limit + 1}, keep)
		}
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
	}
	if values == nil {
		return nil, openError(errors.New("it has no values"))
	}
	return values, nil
}

func readValues(r io.Reader) (map[string]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxValues))
	if err != nil {
		return nil, openError(err)
	}
	values := map[string]string{}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&values); err != nil {
		return nil, openError(err)
	}
	return values, nil
}

func readFile(f *zip.File, r *io.LimitedReader, keep func(f File, r io.Reader) error) error {
	parts := strings.Split(f.Name, "/")
	if len(parts) != 4 || parts[0] != filesDir || slices.Contains(parts, "..") || parts[1] == "" || zhuanhua.CheckID(parts[3]) != "" {
		return openError(fmt.Errorf("it holds %q", f.Name))
	}
	if err := keep(File{Field: parts[1], Name: parts[3]}, r); err != nil {
		return err
	}
	if r.N <= 0 {
		return zhuanhua.Invalid(parts[3], "附件过大 (the file is too large)", "请投递人缩小附件 (ask the bidder for a smaller one)")
	}
	return nil
}

func openError(err error) error {
	return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, What: "投标文件无法打开 (the bid cannot be opened)",
		Do: "文件已损坏或不是向本榜单投递的，按无效投标处理 (it is damaged or was sealed for another challenge: treat it as invalid)", Err: err}
}
