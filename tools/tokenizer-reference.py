"""The reference tokenizer, as our tests ask it.

Usage: python tools/tokenizer-reference.py tokenizer.json < texts.jsonl > ids.jsonl
       python tools/tokenizer-reference.py tokenizer.json --classes > classes.txt

Each line of the input is a text as a JSON string; each line of the output has two lists of ids, those
of the file as it is and those with capitals and accents folded. With --classes the output says for
each run of code points how the file's normaliser and pre-tokenizer treat one between letters:
word, alone, space, drop.
"""
import json
import sys

from tokenizers import Tokenizer, normalizers

LIMIT = 512


def classes(tok):
    start, current = 0, None
    for c in range(0x110001):
        if 0xD800 <= c < 0xE000:
            name = "surrogate"
        elif c == 0x110000:
            name = None
        else:
            s = chr(c)
            text = tok.normalizer.normalize_str("a" + s + "b")
            words = [w for w, _ in tok.pre_tokenizer.pre_tokenize_str(text)]
            name = {("ab",): "drop", ("a", "b"): "space", ("a", s, "b"): "alone", ("a" + s + "b",): "word"}[tuple(words)]
        if name != current:
            if current is not None:
                print("%X %X %s" % (start, c - 1, current))
            start, current = c, name


def main():
    tok = Tokenizer.from_file(sys.argv[1])
    if sys.argv[2:] == ["--classes"]:
        return classes(tok)
    tok.enable_truncation(LIMIT)
    low = Tokenizer.from_file(sys.argv[1])
    low.enable_truncation(LIMIT)
    low.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True)
    for line in sys.stdin:
        text = json.loads(line)
        print(json.dumps([tok.encode(text).ids, low.encode(text).ids], separators=(",", ":")))


if __name__ == "__main__":
    main()
