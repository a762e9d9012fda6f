package store

import "errors"

func child(mode string) error { return errors.New(mode) }
